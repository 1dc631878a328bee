using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>
/// Determines what happens if a member is missing in JSON. A member that is not nullable is required, unless the record has a default for it: of the
/// constructor's parameter, in an initializer, or in the body of a constructor without parameters.
/// </summary>
internal static class MemberPresence
{
    public static Presence Of(RecordMember member, IMethodSymbol? constructor, IParameterSymbol? parameter)
    {
        if (member.IsRequired)
        {
            return Presence.Required;
        }

        if (parameter is not null)
        {
            return parameter.HasExplicitDefaultValue || NullCheck.IsNullable(member.Type) ? Presence.HasDefault : Presence.Required;
        }

        return HasInitializer(member.Symbol) || IsSetBy(constructor, member.Symbol) ? Presence.KeepsInitial
            : NullCheck.IsNullable(member.Type) ? Presence.HasDefault
            : Presence.Required;
    }

    private static bool HasInitializer(ISymbol member) => member.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() switch
    {
        PropertyDeclarationSyntax property => property.Initializer is not null,
        VariableDeclaratorSyntax field => field.Initializer is not null,
        _ => false,
    });

    // A property without a backing field may be set through any other one.
    private static bool IsSetBy(IMethodSymbol? constructor, ISymbol member)
    {
        if (constructor?.Parameters.Length != 0
            || constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not ConstructorDeclarationSyntax declared)
        {
            return false;
        }

        List<AssignmentExpressionSyntax> assignments = [.. declared.DescendantNodes().OfType<AssignmentExpressionSyntax>()];
        bool isComputed = member is IPropertySymbol property
            && !property.ContainingType.GetMembers().OfType<IFieldSymbol>()
                .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
        return assignments.Count > 0
            && (isComputed || assignments.Any(assignment => NamesIn(assignment.Left).Contains(member.Name)));
    }

    private static IEnumerable<string> NamesIn(ExpressionSyntax expression) =>
        expression.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(name => name.Identifier.ValueText);
}
