using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace QueryStream.Generators.Analyzers;

/// <summary>Recognizes the API of jobs: streams, functions and connectors.</summary>
internal static class StreamApi
{
    /// <summary>Whether a method belongs to the API.</summary>
    public static bool Contains(IMethodSymbol method) => method.ContainingNamespace is { } space
        && (space.ToDisplayString() + ".") is { } name
        && (name.StartsWith("QueryStream.Streams.", StringComparison.Ordinal)
            || name.StartsWith("QueryStream.Connectors.", StringComparison.Ordinal));

    /// <summary>The API base class of a function class, such as <c>KeyedProcessFunction</c>; null for other classes.</summary>
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

    /// <summary>Whether a type is a task.</summary>
    public static bool IsTask(ITypeSymbol? type) =>
        type is { Name: "Task" or "ValueTask" } && type.ContainingNamespace?.ToDisplayString() == "System.Threading.Tasks";

    /// <summary>The lambda of an argument, without conversions.</summary>
    public static IAnonymousFunctionOperation? LambdaOf(IOperation value) => value switch
    {
        IConversionOperation conversion => LambdaOf(conversion.Operand),
        IDelegateCreationOperation creation => LambdaOf(creation.Target),
        IAnonymousFunctionOperation lambda => lambda,
        _ => null,
    };

    /// <summary>The lambdas around an operation, the innermost first.</summary>
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

    /// <summary>The API method that a lambda is passed to; null for other lambdas.</summary>
    public static IMethodSymbol? ApiMethodOf(IAnonymousFunctionOperation lambda)
    {
        IOperation? parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation)
        {
            parent = parent.Parent;
        }

        return parent is IArgumentOperation { Parent: IInvocationOperation call } && Contains(call.TargetMethod) ? call.TargetMethod : null;
    }
}
