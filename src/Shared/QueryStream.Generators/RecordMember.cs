using Microsoft.CodeAnalysis;

namespace QueryStream.Generators;

/// <summary>A member of a record as the compiler knows it: a public property or field with a value of its own.</summary>
internal sealed class RecordMember
{
    private RecordMember(ISymbol symbol, ITypeSymbol type, bool isSettable, bool isStored, bool isRequired)
    {
        Symbol = symbol;
        Type = type;
        IsSettable = isSettable;
        IsStored = isStored;
        IsRequired = isRequired;
    }

    public ISymbol Symbol { get; }

    public ITypeSymbol Type { get; }

    /// <summary>Whether generated code can set it.</summary>
    public bool IsSettable { get; }

    /// <summary>Whether it holds a value, rather than computing one.</summary>
    public bool IsStored { get; }

    public bool IsRequired { get; }

    public string Name => Symbol.Name;

    /// <summary>All of them, those of base classes first. One that cannot be set, and holds nothing, may be left out by the caller.</summary>
    public static List<RecordMember> Of(INamedTypeSymbol type, Compilation compilation)
    {
        List<INamedTypeSymbol> bases = [];
        for (INamedTypeSymbol? t = type; t is not null && t.SpecialType is not (SpecialType.System_Object or SpecialType.System_ValueType); t = t.BaseType)
        {
            bases.Insert(0, t);
        }

        List<RecordMember> members = [];
        foreach (ISymbol symbol in bases.SelectMany(t => t.GetMembers()))
        {
            if (symbol.IsStatic || symbol.DeclaredAccessibility != Accessibility.Public || From(symbol, compilation) is not { } member)
            {
                continue;
            }

            // One that overrides or hides another one takes its place.
            int hidden = members.FindIndex(other => other.Name == member.Name);
            if (hidden < 0)
            {
                members.Add(member);
            }
            else
            {
                members[hidden] = member;
            }
        }

        return members;
    }

    private static RecordMember? From(ISymbol symbol, Compilation compilation)
    {
        switch (symbol)
        {
            case IPropertySymbol { IsIndexer: false, GetMethod: not null } property:
                bool isSettable = property.SetMethod is not null && compilation.IsSymbolAccessibleWithin(property.SetMethod, compilation.Assembly);
                bool isAuto = property.ContainingType.GetMembers().OfType<IFieldSymbol>()
                    .Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property));
                return new RecordMember(property, property.Type, isSettable, isAuto || isSettable, property.IsRequired);
            case IFieldSymbol { IsConst: false, AssociatedSymbol: null } field:
                return new RecordMember(field, field.Type, !field.IsReadOnly, isStored: true, field.IsRequired);
            default:
                return null;
        }
    }
}
