using Microsoft.CodeAnalysis;
using QueryStream.Generators.Model;

namespace QueryStream.Generators;

/// <summary>Determines which types can be members of a record, and why others cannot.</summary>
/// <param name="compilation">The compilation of the types.</param>
/// <param name="root">The inspected record.</param>
internal sealed class TypeInspector(Compilation compilation, INamedTypeSymbol root)
{
    private const string Supported = "use an array, List, IReadOnlyList, ImmutableArray, HashSet, Dictionary or IReadOnlyDictionary";

    private static readonly Dictionary<string, TypeSupport> Simple = new()
    {
        ["QueryStream.Core.Keys.Unit"] = TypeSupport.Key,
        ["QueryStream.Core.Texts.Text"] = TypeSupport.TextKey,
        ["QueryStream.Core.Time.EventTime"] = TypeSupport.Key,
        ["QueryStream.Streams.Records.JsonToken"] = TypeSupport.Value,
        ["System.Guid"] = TypeSupport.Key,
        ["System.DateTime"] = TypeSupport.Key,
        ["System.DateTimeOffset"] = TypeSupport.Key,
        ["System.TimeSpan"] = TypeSupport.Key,
        ["System.DateOnly"] = TypeSupport.Key,
        ["System.TimeOnly"] = TypeSupport.Key,
    };

    private static readonly HashSet<string> Collections =
    [
        "System.Collections.Generic.List<T>",
        "System.Collections.Generic.IReadOnlyList<T>",
        "System.Collections.Immutable.ImmutableArray<T>",
        "System.Collections.Generic.HashSet<T>",
        "System.Collections.Generic.Dictionary<TKey, TValue>",
        "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>",
    ];

    private readonly HashSet<ISymbol> _open = new(SymbolEqualityComparer.Default) { root };

    public TypeSupport Inspect(ITypeSymbol type) => type switch
    {
        IErrorTypeSymbol => new TypeSupport(null, IsUnknown: true),
        ITypeParameterSymbol => TypeSupport.TextKey,
        IArrayTypeSymbol { IsSZArray: true } array => new TypeSupport(null, IsKey: false, IsJson: true).And(Inspect(array.ElementType)),
        IArrayTypeSymbol => TypeSupport.No("arrays of several dimensions are not supported, use an array of arrays"),
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => TypeSupport.No("a pointer means nothing in another process"),
        IDynamicTypeSymbol => TypeSupport.No("a value of any type has no layout"),
        INamedTypeSymbol named => InspectNamed(named),
        _ => TypeSupport.No("it is none of the supported types"),
    };

    private TypeSupport InspectNamed(INamedTypeSymbol type)
    {
        if (!compilation.IsSymbolAccessibleWithin(type.OriginalDefinition, compilation.Assembly))
        {
            return TypeSupport.No("generated code cannot see it, make it internal or public");
        }

        if (SimpleOf(type) is { } simple)
        {
            return simple;
        }

        if (type.IsTupleType && type.TupleElements.Length > 7)
        {
            return TypeSupport.No("a tuple of more than seven items is not supported, use a [StreamRecord]");
        }

        if (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T || type.IsTupleType || Is(type, "System.ValueTuple<T1>"))
        {
            return All(TypeSupport.Key, type.TypeArguments);
        }

        if (Collections.Contains(type.OriginalDefinition.ToDisplayString()))
        {
            return All(TypeSupport.Value, type.TypeArguments);
        }

        return AttributeOf(type, "QueryStream.Streams.StreamRecordAttribute") is null ? InspectForeign(type) : InspectRecord(type);
    }

    private static TypeSupport? SimpleOf(INamedTypeSymbol type)
    {
        switch (type.SpecialType)
        {
            case >= SpecialType.System_Boolean and <= SpecialType.System_Double or SpecialType.System_String or SpecialType.System_DateTime:
                return TypeSupport.Key;
            case SpecialType.System_Object:
                return TypeSupport.No("a value of any type has no layout");
            default:
                return type.TypeKind == TypeKind.Enum ? TypeSupport.Key
                    : Simple.TryGetValue(type.ToDisplayString(), out TypeSupport simple) ? simple
                    : null;
        }
    }

    private TypeSupport InspectRecord(INamedTypeSymbol type)
    {
        INamedTypeSymbol definition = type.OriginalDefinition;
        TypeSupport support = All(TypeSupport.Key, type.TypeArguments);
        if (!support.IsSupported)
        {
            return support;
        }

        if (SymbolEqualityComparer.Default.Equals(definition, root))
        {
            return new TypeSupport(null, IsRecursive: true);
        }

        // A record that leads back to itself, but not to the inspected one, gets its own error.
        if (!_open.Add(definition))
        {
            return support;
        }

        foreach (RecordMember member in RecordMember.Of(definition, compilation))
        {
            TypeSupport inner = Inspect(member.Type);
            if (inner.IsRecursive)
            {
                support = inner;
                break;
            }

            // Errors inside of another record are reported there.
            support = inner.IsSupported ? support.And(inner) : support;
        }

        _open.Remove(definition);
        return support;
    }

    // A type with a handwritten codec, or without one.
    private TypeSupport InspectForeign(INamedTypeSymbol type)
    {
        if (!Names(type, "QueryStream.Core.Codecs.CodecOfAttribute"))
        {
            return TypeSupport.No(Reason(type));
        }

        bool isKey = Names(type, "QueryStream.Core.Keys.KeyTypeOfAttribute");
        bool isJson = Names(type, "QueryStream.Streams.Records.JsonFormatOfAttribute");
        return All(new TypeSupport(null, isKey, isJson, HoldsText: isKey), type.TypeArguments);
    }

    private static string Reason(INamedTypeSymbol type)
    {
        bool isCollection = type.AllInterfaces.Concat([type]).Any(t => t.SpecialType == SpecialType.System_Collections_IEnumerable);
        return isCollection ? $"this kind of collection is not supported, {Supported}"
            : type.TypeKind == TypeKind.Delegate ? "a delegate is code, and only data can be stored"
            : type.TypeKind == TypeKind.Interface ? "an interface does not say what there is to store, use a [StreamRecord] type"
            : type.IsRefLikeType ? "it lives on the stack only"
            : type.IsAbstract ? "an abstract class does not say what there is to store, use a [StreamRecord] type that is not abstract"
            : type.Locations.Any(location => location.IsInSource) ? $"mark '{type.Name}' [StreamRecord]"
            : $"it has no codec, keep what is needed of it in a [StreamRecord]";
    }

    private TypeSupport All(TypeSupport support, IEnumerable<ITypeSymbol> parts)
    {
        foreach (ITypeSymbol part in parts)
        {
            support = support.And(Inspect(part));
        }

        return support;
    }

    private static bool Names(INamedTypeSymbol type, string attributeName) => type.ContainingAssembly?.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.ToDisplayString() == attributeName
        && attribute.ConstructorArguments.Length > 0
        && attribute.ConstructorArguments[0].Value is INamedTypeSymbol named
        && SymbolEqualityComparer.Default.Equals(named.OriginalDefinition, type.OriginalDefinition)) == true;

    private static AttributeData? AttributeOf(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == name);

    private static bool Is(INamedTypeSymbol type, string name) => type.OriginalDefinition.ToDisplayString() == name;
}
