using Microsoft.CodeAnalysis;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>
/// Emits the checks for nulls inside of a member: elements of lists, values of dictionaries and items of tuples whose types are not nullable. The
/// JSON format of a type cannot check them, since <c>List&lt;string&gt;</c> and <c>List&lt;string?&gt;</c> are the same type at run time.
/// </summary>
internal static class NullCheck
{
    private const string Text = "QueryStream.Core.Texts.Text";

    public static NullRules Of(ITypeSymbol type) => new(IsNullable(type), IsRefused(type) ? ExpectedOf(type) : "", CheckContent(type, "m", 0));

    /// <summary>
    /// Whether a value may be null. It may if the code does not declare it (<c>#nullable disable</c>, a type parameter without constraints).
    /// </summary>
    public static bool IsNullable(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol parameter => type.NullableAnnotation == NullableAnnotation.Annotated || !HasNoNull(parameter),
        { IsReferenceType: true } => type.NullableAnnotation != NullableAnnotation.NotAnnotated,
        _ => type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T,
    };

    private static bool HasNoNull(ITypeParameterSymbol parameter) =>
        parameter.HasValueTypeConstraint
        || parameter.HasNotNullConstraint
        || (parameter.HasReferenceTypeConstraint && parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.NotAnnotated);

    // The formats of other structs reject null; these two read null as their default value.
    private static bool IsRefused(ITypeSymbol type) => !IsNullable(type) && (!type.IsValueType || IsText(type) || type.Name == "ImmutableArray");

    private static string ExpectedOf(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String || IsText(type) ? "a string" : type.Name == "ImmutableArray" ? "a list" : "a value";

    private static bool IsText(ITypeSymbol type) => type.ToDisplayString() == Text;

    private static string CheckContent(ITypeSymbol type, string value, int depth)
    {
        if (type is IArrayTypeSymbol array)
        {
            return CheckElements(array.ElementType, value, depth, "");
        }

        if (type is not INamedTypeSymbol named)
        {
            return "";
        }

        if (named.IsTupleType)
        {
            return string.Concat(named.TupleElements.Select((item, i) => Check(item.Type, $"{value}.Item{i + 1}", depth)));
        }

        if (named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
        {
            string some = CheckContent(named.TypeArguments[0], $"{value}.GetValueOrDefault()", depth);
            return some.Length == 0 ? "" : $"if ({value}.HasValue) {{ {some} }} ";
        }

        if (named.ContainingNamespace?.ToDisplayString().StartsWith("System.Collections", StringComparison.Ordinal) != true)
        {
            return "";
        }

        return (named.TypeArguments.Length, named.Name) switch
        {
            (1, "List" or "IReadOnlyList" or "HashSet") => CheckElements(named.TypeArguments[0], value, depth, ""),
            (1, "ImmutableArray") => CheckElements(named.TypeArguments[0], value, depth, "", $"!{value}.IsDefault"),
            (2, "Dictionary" or "IReadOnlyDictionary") => CheckElements(named.TypeArguments[1], value, depth, ".Value"),
            _ => "",
        };
    }

    private static string CheckElements(ITypeSymbol element, string list, int depth, string part, string? isThere = null)
    {
        string check = Check(element, $"e{depth}{part}", depth + 1);
        return check.Length == 0 ? "" : $"if ({isThere ?? $"!({list} is null)"}) {{ foreach (var e{depth} in {list}) {{ {check} }} }} ";
    }

    private static string Check(ITypeSymbol type, string value, int depth)
    {
        string isNull = IsText(type) ? $"!{value}.HasValue" : type.Name == "ImmutableArray" ? $"{value}.IsDefault" : $"{value} is null";
        string own = IsRefused(type) ? $"if ({isNull}) {{ return input.HoldsNull(position, \"{ExpectedOf(type)}\"); }} " : "";
        return own + CheckContent(type, value, depth);
    }
}
