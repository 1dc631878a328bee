using System.Globalization;
using Microsoft.CodeAnalysis;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>The names of a record and of its generated classes.</summary>
internal static class RecordNames
{
    private static readonly SymbolDisplayFormat CodeFormat = SymbolDisplayFormat.FullyQualifiedFormat;

    public static RecordModel Of(INamedTypeSymbol type)
    {
        ITypeParameterSymbol[] parameters = [.. ParametersOf(type)];
        string className = ClassName(type);
        return new RecordModel
        {
            Type = type.ToDisplayString(CodeFormat),
            OpenType = OpenName(type),
            Name = type.Name,
            ClassName = className,
            FileName = $"{className}.{Fingerprint(className)}.g.cs",
            Parameters = parameters.Length == 0 ? "" : $"<{string.Join(", ", parameters.Select(p => "@" + p.Name))}>",
            OpenParameters = parameters.Length == 0 ? "" : $"<{new string(',', parameters.Length - 1)}>",
            Constraints = string.Concat(parameters.Select(Constraints)),
            IsReference = type.IsReferenceType,
            CanBeDerived = type.IsReferenceType && !type.IsSealed,
        };
    }

    private static IEnumerable<ITypeParameterSymbol> ParametersOf(INamedTypeSymbol type) =>
        type.ContainingType is null ? type.TypeParameters : ParametersOf(type.ContainingType).Concat(type.TypeParameters);

    private static string OpenName(INamedTypeSymbol type)
    {
        string container = type.ContainingType is not null ? OpenName(type.ContainingType) + "."
            : type.ContainingNamespace.IsGlobalNamespace ? "global::"
            : type.ContainingNamespace.ToDisplayString(CodeFormat) + ".";
        return container + "@" + type.Name + (type.Arity == 0 ? "" : $"<{new string(',', type.Arity - 1)}>");
    }

    // Doubles underscores, so that two types never get the same name.
    private static string ClassName(INamedTypeSymbol type)
    {
        string own = type.Name.Replace("_", "__") + (type.Arity == 0 ? "" : $"_{type.Arity}");
        return type.ContainingType is not null ? $"{ClassName(type.ContainingType)}_{own}"
            : type.ContainingNamespace.IsGlobalNamespace ? $"_{own}"
            : $"{type.ContainingNamespace.ToDisplayString().Replace("@", "").Replace("_", "__").Replace('.', '_')}_{own}";
    }

    // File names are compared ignoring case.
    private static string Fingerprint(string name)
    {
        uint hash = 2166136261;
        foreach (char c in name)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    private static string Constraints(ITypeParameterSymbol parameter)
    {
        List<string> constraints = [];
        if (parameter.HasUnmanagedTypeConstraint)
        {
            constraints.Add("unmanaged");
        }
        else if (parameter.HasValueTypeConstraint)
        {
            constraints.Add("struct");
        }
        else if (parameter.HasReferenceTypeConstraint)
        {
            constraints.Add("class");
        }
        else if (parameter.HasNotNullConstraint)
        {
            constraints.Add("notnull");
        }

        constraints.AddRange(parameter.ConstraintTypes.Select(type => type.ToDisplayString(CodeFormat)));
        if (parameter.HasConstructorConstraint)
        {
            constraints.Add("new()");
        }

        return constraints.Count == 0 ? "" : $" where @{parameter.Name} : {string.Join(", ", constraints)}";
    }
}
