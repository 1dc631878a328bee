using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace QueryStream.Generators.Analyzers;

/// <summary>
/// Warns about hidden state: fields that a function changes, captured variables that a lambda changes, and function objects that several subtasks
/// share. Such state is shared between keys, is not in snapshots, and is lost at a restart.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FunctionStateAnalyzer : DiagnosticAnalyzer
{
    private static readonly HashSet<string> Mutators =
    [
        "Add", "AddRange", "TryAdd", "Insert", "Remove", "RemoveAt", "RemoveAll", "Enqueue", "Dequeue", "Push", "Pop",
        "UnionWith", "ExceptWith", "GetOrAdd", "AddOrUpdate",
    ];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [Rules.FieldAsState, Rules.CapturedState, Rules.SharedFunction];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolStartAction(StartFunction, SymbolKind.NamedType);
        context.RegisterOperationAction(CheckLambda, OperationKind.AnonymousFunction);
    }

    private static void StartFunction(SymbolStartAnalysisContext context)
    {
        INamedTypeSymbol type = (INamedTypeSymbol)context.Symbol;
        if (StreamApi.FunctionBase(type) is null)
        {
            return;
        }

        // Fields that are also cleared are buffers of one call, so they are not reported.
        FieldUses uses = new();
        context.RegisterOperationAction(operation => uses.Add(operation, type), OperationKind.FieldReference, OperationKind.PropertyReference);
        context.RegisterSymbolEndAction(end =>
        {
            foreach (ISymbol field in uses.Changed)
            {
                end.ReportDiagnostic(Diagnostic.Create(Rules.FieldAsState, field.Locations[0], field.Name, type.Name));
            }
        });
    }

    private static void CheckLambda(OperationAnalysisContext context)
    {
        IAnonymousFunctionOperation lambda = (IAnonymousFunctionOperation)context.Operation;
        if (StreamApi.ApiMethodOf(lambda) is null)
        {
            return;
        }

        foreach (IOperation inner in lambda.Body.Descendants())
        {
            if (IsChanged(inner) && CapturedBy(lambda, inner) is { } variable)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.CapturedState, inner.Syntax.GetLocation(), variable.Name));
            }

            if (inner is IReturnOperation { ReturnedValue: { } returned }
                && WithoutConversions(returned) is var value
                && StreamApi.FunctionBase(value.Type) is not null
                && SymbolOf(value) is { } shared && CapturedBy(lambda, value) is not null)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.SharedFunction, value.Syntax.GetLocation(), shared.Name));
            }
        }
    }

    private static IOperation WithoutConversions(IOperation value) =>
        value is IConversionOperation conversion ? WithoutConversions(conversion.Operand) : value;

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };

    // The variable, if it outlives a call of the lambda.
    private static ISymbol? CapturedBy(IAnonymousFunctionOperation lambda, IOperation operation)
    {
        if (operation is IFieldReferenceOperation field)
        {
            return field.Field.IsStatic || field.Instance is IInstanceReferenceOperation ? field.Field : null;
        }

        if (SymbolOf(operation) is not { } symbol)
        {
            return null;
        }

        for (ISymbol? owner = symbol.ContainingSymbol; owner is not null; owner = owner.ContainingSymbol)
        {
            if (SymbolEqualityComparer.Default.Equals(owner, lambda.Symbol))
            {
                return null;
            }
        }

        return symbol;
    }

    private static bool IsChanged(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IIncrementOrDecrementOperation => true,
        IArgumentOperation argument => argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out,
        IArrayElementReferenceOperation element => element.ArrayReference == reference && IsChanged(element),
        IPropertyReferenceOperation { Property.IsIndexer: true } indexer =>
            indexer.Instance == reference && IsCollection(reference.Type) && IsChanged(indexer),
        IInvocationOperation call => call.Instance == reference && IsCollection(reference.Type) && Mutators.Contains(call.TargetMethod.Name),
        _ => false,
    };

    private static bool IsCollection(ITypeSymbol? type) =>
        type?.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) == true;

    /// <summary>The fields that the code of a function changes and clears.</summary>
    private sealed class FieldUses
    {
        private readonly HashSet<ISymbol> _changed = new(SymbolEqualityComparer.Default);
        private readonly HashSet<ISymbol> _cleared = new(SymbolEqualityComparer.Default);

        public IEnumerable<ISymbol> Changed => _changed.Where(changed => !_cleared.Contains(changed));

        public void Add(OperationAnalysisContext context, INamedTypeSymbol type)
        {
            (ISymbol? member, IOperation? instance) = context.Operation switch
            {
                IFieldReferenceOperation field => (field.Field, field.Instance),
                IPropertyReferenceOperation property => ((ISymbol)property.Property, property.Instance),
                _ => (null, null),
            };
            if (member is null
                || member.IsStatic
                || instance is not IInstanceReferenceOperation
                || !SymbolEqualityComparer.Default.Equals(member.ContainingType, type))
            {
                return;
            }

            lock (_changed)
            {
                if (context.Operation.Parent is IInvocationOperation { TargetMethod.Name: "Clear" } clear && clear.Instance == context.Operation)
                {
                    _cleared.Add(member);
                }
                else if (IsChanged(context.Operation) && !IsSetUp(context.ContainingSymbol))
                {
                    _changed.Add(member);
                }
            }
        }

        private static bool IsSetUp(ISymbol method) =>
            method is IMethodSymbol { MethodKind: MethodKind.Constructor } or IMethodSymbol { Name: "Open" };
    }
}
