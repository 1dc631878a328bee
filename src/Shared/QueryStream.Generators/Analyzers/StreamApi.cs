using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QueryStream.Generators.Analyzers;

/// <summary>Knows the API that jobs are written with: streams, functions and connectors.</summary>
internal static class StreamApi
{
    /// <summary>Whether a method is part of it.</summary>
    public static bool Has(IMethodSymbol method) => method.ContainingNamespace is { } space
        && (space.ToDisplayString() + ".") is { } name
        && (name.StartsWith("QueryStream.Streams.", StringComparison.Ordinal) || name.StartsWith("QueryStream.Connectors.", StringComparison.Ordinal));

    /// <summary>The base class in the API, if a class is a function of a job: a <c>KeyedProcessFunction</c>, a <c>Trigger</c>.</summary>
    public static INamedTypeSymbol? FunctionBase(ITypeSymbol? type)
    {
        for (ITypeSymbol? t = type?.BaseType; t is not null; t = t.BaseType)
        {
            if (t is INamedTypeSymbol { IsAbstract: true } named
                && named.ContainingNamespace?.ToDisplayString() is "QueryStream.Streams.Functions" or "QueryStream.Streams.Windows"
                && t.Name.EndsWith("Function", StringComparison.Ordinal))
            {
                return t as INamedTypeSymbol;
            }
        }

        return null;
    }

    /// <summary>Whether a function is asynchronous: an async lambda, or one that returns a task.</summary>
    public static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";

    /// <summary>The lambda that an argument is, without conversions.</summary>
    public static IAnonymousFunctionOperation? LambdaOf(IOperation value) => value switch
    {
        IConversionOperation conversion => LambdaOf(conversion.Operand),
        IDelegateCreationOperation creation => LambdaOf(creation.Target),
        IAnonymousFunctionOperation lambda => lambda,
        _ => null,
    };

    /// <summary>The lambdas around an operation, from the inside to the outside.</summary>
    public static IEnumerable<IAnonymousFunctionOperation> LambdasAround(IOperation operation)
    {
        for (IOperation? parent = operation.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is IAnonymousFunctionOperation lambda)
            {
                yield return lambda;
            }
        }
    }

    /// <summary>The method of the API that a lambda is an argument of; null for any other lambda.</summary>
    public static IMethodSymbol? MethodThatTakes(IAnonymousFunctionOperation lambda)
    {
        IOperation? parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation)
        {
            parent = parent.Parent;
        }

        return parent is IArgumentOperation { Parent: IInvocationOperation call } && Has(call.TargetMethod) ? call.TargetMethod : null;
    }
}
