using System.Collections.Immutable;
using System.Reflection;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Records;

/// <summary>
/// Finds the JSON format of a type: a built-in one, or the one that the type's assembly registers. Uses reflection, once for each type. Safe on any
/// thread.
/// </summary>
internal static class JsonFormats
{
    private static readonly Dictionary<Type, Type> BuiltIn = new()
    {
        [typeof(Unit)] = typeof(UnitFormat),
        [typeof(bool)] = typeof(BooleanFormat),
        [typeof(sbyte)] = typeof(IntegerFormat<sbyte>),
        [typeof(short)] = typeof(IntegerFormat<short>),
        [typeof(int)] = typeof(IntegerFormat<int>),
        [typeof(long)] = typeof(IntegerFormat<long>),
        [typeof(byte)] = typeof(IntegerFormat<byte>),
        [typeof(ushort)] = typeof(IntegerFormat<ushort>),
        [typeof(uint)] = typeof(IntegerFormat<uint>),
        [typeof(ulong)] = typeof(IntegerFormat<ulong>),
        [typeof(float)] = typeof(FloatFormat<float>),
        [typeof(double)] = typeof(FloatFormat<double>),
        [typeof(decimal)] = typeof(DecimalFormat),
        [typeof(char)] = typeof(CharFormat),
        [typeof(string)] = typeof(StringFormat),
        [typeof(Text)] = typeof(TextFormat),
        [typeof(byte[])] = typeof(BytesFormat),
        [typeof(JsonToken)] = typeof(JsonTokenFormat),
        [typeof(Guid)] = typeof(GuidFormat),
        [typeof(EventTime)] = typeof(EventTimeFormat),
        [typeof(DateTime)] = typeof(DateTimeFormat),
        [typeof(DateTimeOffset)] = typeof(DateTimeOffsetFormat),
        [typeof(TimeSpan)] = typeof(TimeSpanFormat),
        [typeof(DateOnly)] = typeof(DateOnlyFormat),
        [typeof(TimeOnly)] = typeof(TimeOnlyFormat),
        [typeof(Change<>)] = typeof(ChangeFormat<>),
        [typeof(Nullable<>)] = typeof(NullableFormat<>),
        [typeof(List<>)] = typeof(ListFormat<>),
        [typeof(IReadOnlyList<>)] = typeof(ReadOnlyListFormat<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayFormat<>),
        [typeof(HashSet<>)] = typeof(HashSetFormat<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryFormat<,>),
        [typeof(IReadOnlyDictionary<,>)] = typeof(ReadOnlyDictionaryFormat<,>),
        [typeof(ValueTuple<>)] = typeof(TupleFormat<>),
        [typeof(ValueTuple<,>)] = typeof(TupleFormat<,>),
        [typeof(ValueTuple<,,>)] = typeof(TupleFormat<,,>),
        [typeof(ValueTuple<,,,>)] = typeof(TupleFormat<,,,>),
        [typeof(ValueTuple<,,,,>)] = typeof(TupleFormat<,,,,>),
        [typeof(ValueTuple<,,,,,>)] = typeof(TupleFormat<,,,,,>),
        [typeof(ValueTuple<,,,,,,>)] = typeof(TupleFormat<,,,,,,>),
    };

    private static readonly TypeRegistry Registry = new(
        BuiltIn,
        enums: typeof(EnumFormat<>),
        arrays: typeof(ArrayFormat<>),
        assembly => assembly.GetCustomAttributes<JsonFormatOfAttribute>().Select(attribute => (attribute.Type, attribute.Format)));

    public static object Create(Type type)
    {
        Check(type);
        return Activator.CreateInstance(Registry.Find(type, out _)!)!;
    }

    public static bool Has(Type type) => Registry.Find(type, out _) is not null;

    public static void Check(Type type)
    {
        if (Registry.Find(type, out Type unsupported) is null)
        {
            string because = unsupported == type ? "" : $", because {unsupported} has none";
            throw new JobDefinitionException(
                $"The type {type} has no JSON format{because}: mark {(unsupported == type ? "it" : "that one")} [StreamRecord].");
        }
    }
}
