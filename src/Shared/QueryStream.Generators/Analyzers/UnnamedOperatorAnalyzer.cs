using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace QueryStream.Generators.Analyzers;

/// <summary>
/// Warns about a call of a [StatefulOperator] method without a name for the operator. A name is an argument for a parameter called <c>name</c>, or a
/// call of <c>Named</c> on the receiver or on the result.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnnamedOperatorAnalyzer : DiagnosticAnalyzer
{
    private const string Named = "Named";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.UnnamedOperator];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("QueryStream.Streams.StatefulOperatorAttribute") is { } attribute)
            {
                start.RegisterOperationAction(operation => Analyze(operation, attribute), OperationKind.Invocation);
            }
        });
    }

    private static void Analyze(OperationAnalysisContext context, INamedTypeSymbol attribute)
    {
        IInvocationOperation call = (IInvocationOperation)context.Operation;
        if (!call.TargetMethod.OriginalDefinition.GetAttributes().Any(a => SymbolEqualityComparer.Default.Equals(a.AttributeClass, attribute))
            || IsNamedByArgument(call)
            || IsNamedBefore(call)
            || IsNamedAfter(call))
        {
            return;
        }

        bool takesName = call.TargetMethod.Parameters.Any(IsName);
        string remedy = takesName ? "the argument 'name'" : "'.Named(\"…\")'";
        Location place = (call.Syntax as InvocationExpressionSyntax)?.Expression switch
        {
            MemberAccessExpressionSyntax access => access.Name.GetLocation(),
            { } expression => expression.GetLocation(),
            null => call.Syntax.GetLocation(),
        };
        context.ReportDiagnostic(Diagnostic.Create(Rules.UnnamedOperator, place, call.TargetMethod.Name, remedy));
    }

    private static bool IsNamedByArgument(IInvocationOperation call) => call.Arguments.Any(argument =>
        argument.Parameter is { } parameter
        && IsName(parameter)
        && argument.ArgumentKind != ArgumentKind.DefaultValue
        && argument.Value.ConstantValue is not { HasValue: true, Value: null });

    private static bool IsName(IParameterSymbol parameter) => parameter.Name == "name" && parameter.Type.SpecialType == SpecialType.System_String;

    // The receiver may have the name: a chain of settings, also one that initializes a local variable.
    private static bool IsNamedBefore(IInvocationOperation call)
    {
        IOperation? receiver = ReceiverOf(call);
        INamedTypeSymbol? settings = receiver?.Type?.OriginalDefinition as INamedTypeSymbol;

        // The name of a receiver that is a stream belongs to the operator before.
        for (ITypeSymbol? result = call.Type; result is not null; result = result.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(result.OriginalDefinition, settings))
            {
                return false;
            }
        }

        while (receiver is not null)
        {
            switch (receiver)
            {
                case IConversionOperation conversion:
                    receiver = conversion.Operand;
                    break;
                case ILocalReferenceOperation local:
                    receiver = InitializerOf(local);
                    break;
                case IInvocationOperation { TargetMethod.Name: Named }:
                    return true;
                case IInvocationOperation before when SymbolEqualityComparer.Default.Equals(ReceiverOf(before)?.Type?.OriginalDefinition, settings):
                    receiver = ReceiverOf(before);
                    break;
                case IInvocationOperation before
                    when SymbolEqualityComparer.Default.Equals(before.TargetMethod.ContainingAssembly, settings?.ContainingAssembly):
                case IObjectCreationOperation:
                    return false;
                default:
                    // A method of the job, a parameter, a field, or a variable that is assigned elsewhere: its origin may have set the name.
                    return settings is not null && settings.GetMembers(Named).Length > 0;
            }
        }

        return false;
    }

    // Only directly after the call: a later call names the next operator.
    private static bool IsNamedAfter(IInvocationOperation call)
    {
        IOperation? parent = call.Parent;
        while (parent is IConversionOperation or IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } })
        {
            parent = parent.Parent;
        }

        return parent is IInvocationOperation { TargetMethod.Name: Named } next
            && ReceiverOf(next) is { } receiver
            && receiver.DescendantsAndSelf().FirstOrDefault(inner => inner is IInvocationOperation) == call;
    }

    private static IOperation? ReceiverOf(IInvocationOperation call) =>
        call.Instance ?? (call.TargetMethod.IsExtensionMethod && call.Arguments.Length > 0 ? call.Arguments[0].Value : null);

    private static IOperation? InitializerOf(ILocalReferenceOperation local)
    {
        SyntaxNode? declaration = local.Local.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        IOperation? declared = declaration is null ? null : local.SemanticModel?.GetOperation(declaration);
        return (declared as IVariableDeclaratorOperation)?.GetVariableInitializer()?.Value;
    }
}
