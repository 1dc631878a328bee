using Microsoft.CodeAnalysis;

namespace QueryStream.Generators;

/// <summary>A member of a record in the compiler's terms: a public property or field that stores a value.</summary>
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

    /// <summary>Whether it stores a value, instead of computing one.</summary>
    public bool IsStored { get; }

    public bool IsRequired { get; }

    public string Name => Symbol.Name;

    /// <summary>The members, those of base classes first. The caller omits those that are neither stored nor constructor parameters.</summary>
    public static List<RecordMember> Of(INamedTypeSymbol type, Compilation compilation)
    {
        List<INamedTypeSymbol> bases = [];
        for (INamedTypeSymbol? t = type; t is not null; t = t.BaseType)
        {
            if (t.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType)
            {
                break;
            }


            bases.Insert(0, t);
        }

        List<RecordMember> members = [];
        foreach (ISymbol symbol in bases.SelectMany(t => t.GetMembers()))
        {
            if (symbol.IsStatic || symbol.DeclaredAccessibility != Accessibility.Public || From(symbol, compilation) is not { } member)
            {
                continue;
            }

            // A member that overrides or hides another one replaces it.
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
