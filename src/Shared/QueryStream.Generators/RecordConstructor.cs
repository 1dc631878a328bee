using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QueryStream.Generators;

/// <summary>Finds the constructor that generated code uses for a record.</summary>
internal static class RecordConstructor
{
    /// <summary>
    /// The primary constructor, or else the one with the fewest parameters. All of its parameters must be members, and it must have all members that
    /// cannot be set.
    /// </summary>
    public static IMethodSymbol? Choose(INamedTypeSymbol type, List<RecordMember> members, Compilation compilation) =>
        type.InstanceConstructors
            .Where(constructor => compilation.IsSymbolAccessibleWithin(constructor, compilation.Assembly) && CanMake(constructor, members))
            .OrderByDescending(IsPrimary)
            .ThenByDescending(constructor => members.Where(m => m.IsStored && !m.IsSettable).All(m => ParameterOf(constructor, m) is not null))
            .ThenBy(constructor => constructor.Parameters.Length)
            .FirstOrDefault();

    /// <summary>The parameter that sets a member.</summary>
    public static IParameterSymbol? ParameterOf(IMethodSymbol? constructor, RecordMember member) =>
        constructor?.Parameters.FirstOrDefault(parameter => Matches(parameter, member));

    public static bool Matches(IParameterSymbol parameter, RecordMember member) =>
        string.Equals(parameter.Name, member.Name, StringComparison.OrdinalIgnoreCase)
            && SymbolEqualityComparer.Default.Equals(parameter.Type, member.Type);

    /// <summary>The value of a member that was not written, in generated code.</summary>
    public static string DefaultOf(IParameterSymbol? parameter, string type)
    {
        if (parameter is not { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value })
        {
            return $"default({type})";
        }

        return value switch
        {
            string text => SymbolDisplay.FormatLiteral(text, quote: true),
            char c => SymbolDisplay.FormatLiteral(c, quote: true),
            bool b => b ? "true" : "false",
            float or double => $"({type}){Floating(System.Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture))}",
            decimal d => FormattableString.Invariant($"({type}){d}m"),
            ulong u => FormattableString.Invariant($"({type})({u}ul)"),
            IFormattable number => FormattableString.Invariant($"({type})({number})"),
            _ => $"default({type})",
        };
    }

    private static string Floating(double value) =>
        double.IsNaN(value) ? "double.NaN"
        : double.IsPositiveInfinity(value) ? "double.PositiveInfinity"
        : double.IsNegativeInfinity(value) ? "double.NegativeInfinity"
        : "(" + value.ToString("R", System.Globalization.CultureInfo.InvariantCulture) + "d)";

    private static bool CanMake(IMethodSymbol constructor, List<RecordMember> members) =>
        constructor.Parameters.All(parameter => parameter.RefKind is RefKind.None or RefKind.In && members.Any(member => Matches(parameter, member)));

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax { ParameterList: not null });
}
