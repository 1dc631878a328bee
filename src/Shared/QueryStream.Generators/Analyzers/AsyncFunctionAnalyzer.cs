using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace QueryStream.Generators.Analyzers;

/// <summary>
/// Reports asynchronous functions where synchronous ones are expected: the call returns at the first <c>await</c>, so rows that are emitted after it
/// are lost. Also reports contexts and emit functions that are used on another thread, where emitted rows are lost too.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncFunctionAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.AsyncFunction, Rules.EmitsLater];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(CheckCall, OperationKind.Invocation);
        context.RegisterOperationAction(CheckUse, OperationKind.ParameterReference);
        context.RegisterSyntaxNodeAction(CheckOverride, SyntaxKind.MethodDeclaration);
    }

    // rows.Map(async row => …): the declared delegate returns no task, unlike that of MapAsync.
    private static void CheckCall(OperationAnalysisContext context)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (!StreamApi.Contains(call.TargetMethod))
        {
            return;
        }

        foreach (IArgumentOperation argument in call.Arguments)
        {
            if ((argument.Parameter?.Type as INamedTypeSymbol)?.DelegateInvokeMethod is not { } given
                || (argument.Parameter!.OriginalDefinition.Type as INamedTypeSymbol)?.DelegateInvokeMethod is not { } declared
                || StreamApi.IsTask(declared.ReturnType))
            {
                continue;
            }

            if (StreamApi.IsTask(given.ReturnType) || IsAsynchronous(argument.Value))
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.AsyncFunction, argument.Syntax.GetLocation(), call.TargetMethod.Name));
            }
        }
    }

    private static bool IsAsynchronous(IOperation value) => value switch
    {
        IConversionOperation conversion => IsAsynchronous(conversion.Operand),
        IDelegateCreationOperation creation => IsAsynchronous(creation.Target),
        IAnonymousFunctionOperation lambda => lambda.Symbol.IsAsync,
        IMethodReferenceOperation method => method.Method.IsAsync,
        _ => false,
    };

    // public override async void Process(…)
    private static void CheckOverride(SyntaxNodeAnalysisContext context)
    {
        MethodDeclarationSyntax declaration = (MethodDeclarationSyntax)context.Node;
        if (declaration.Modifiers.Any(SyntaxKind.AsyncKeyword)
            && context.SemanticModel.GetDeclaredSymbol(declaration) is { ReturnsVoid: true, OverriddenMethod: { } overridden }
            && StreamApi.Contains(overridden.OriginalDefinition))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.AsyncFunction, declaration.Identifier.GetLocation(), overridden.Name));
        }
    }

    // Task.Run(() => context.Emit(row)), where context is a function's parameter, or the emit function of FlatMap.
    private static void CheckUse(OperationAnalysisContext context)
    {
        IParameterReferenceOperation use = (IParameterReferenceOperation)context.Operation;
        bool isContext = IsContext(use.Parameter.Type);
        if (!isContext && use.Parameter.Type.Name != "Action")
        {
            return;
        }

        bool isLater = false;
        foreach (IAnonymousFunctionOperation lambda in StreamApi.LambdasAround(use))
        {
            if (SymbolEqualityComparer.Default.Equals(lambda.Symbol, use.Parameter.ContainingSymbol))
            {
                isContext |= (lambda.Parent as IDelegateCreationOperation)?.Type is { Name: "FlatMapFunction" };
                break;
            }

            isLater |= lambda.Symbol.IsAsync || RunsElsewhere(lambda);
        }

        if (isContext && isLater)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.EmitsLater, use.Syntax.GetLocation(), use.Parameter.Name));
        }
    }

    private static bool IsContext(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.Name is "ProcessContext" or "WindowContext"
                && type.ContainingNamespace?.ToDisplayString().StartsWith("QueryStream.Streams", StringComparison.Ordinal) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static bool RunsElsewhere(IAnonymousFunctionOperation lambda)
    {
        IOperation? parent = lambda.Parent;
        while (parent is IConversionOperation or IDelegateCreationOperation)
        {
            parent = parent.Parent;
        }

        ITypeSymbol? target = parent is IArgumentOperation argument
            ? (argument.Parent as IInvocationOperation)?.TargetMethod.ContainingType ?? (argument.Parent as IObjectCreationOperation)?.Type
            : null;
        return target?.ContainingNamespace?.ToDisplayString().StartsWith("System.Threading", StringComparison.Ordinal) == true;
    }
}
