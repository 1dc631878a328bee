using System.Collections.Immutable;
using System.Reflection;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Finds the codec of a type: a built-in one, or the one that the type's assembly registers with <see cref="CodecOfAttribute"/>. Safe on any thread.
/// </summary>
internal static class CodecRegistry
{
    private static readonly Dictionary<Type, Type> BuiltIn = new()
    {
        [typeof(Unit)] = typeof(UnitCodec),
        [typeof(bool)] = typeof(BooleanCodec),
        [typeof(sbyte)] = typeof(SByteCodec),
        [typeof(short)] = typeof(Int16Codec),
        [typeof(int)] = typeof(Int32Codec),
        [typeof(long)] = typeof(Int64Codec),
        [typeof(byte)] = typeof(ByteCodec),
        [typeof(ushort)] = typeof(UInt16Codec),
        [typeof(uint)] = typeof(UInt32Codec),
        [typeof(ulong)] = typeof(UInt64Codec),
        [typeof(char)] = typeof(CharCodec),
        [typeof(float)] = typeof(SingleCodec),
        [typeof(double)] = typeof(DoubleCodec),
        [typeof(decimal)] = typeof(DecimalCodec),
        [typeof(string)] = typeof(StringCodec),
        [typeof(Text)] = typeof(TextCodec),
        [typeof(byte[])] = typeof(BytesCodec),
        [typeof(Guid)] = typeof(GuidCodec),
        [typeof(EventTime)] = typeof(EventTimeCodec),
        [typeof(DateTime)] = typeof(DateTimeCodec),
        [typeof(DateTimeOffset)] = typeof(DateTimeOffsetCodec),
        [typeof(TimeSpan)] = typeof(TimeSpanCodec),
        [typeof(DateOnly)] = typeof(DateOnlyCodec),
        [typeof(TimeOnly)] = typeof(TimeOnlyCodec),
        [typeof(Nullable<>)] = typeof(NullableCodec<>),
        [typeof(List<>)] = typeof(ListCodec<>),
        [typeof(IReadOnlyList<>)] = typeof(ReadOnlyListCodec<>),
        [typeof(ImmutableArray<>)] = typeof(ImmutableArrayCodec<>),
        [typeof(HashSet<>)] = typeof(HashSetCodec<>),
        [typeof(Dictionary<,>)] = typeof(DictionaryCodec<,>),
        [typeof(IReadOnlyDictionary<,>)] = typeof(ReadOnlyDictionaryCodec<,>),
        [typeof(ValueTuple<>)] = typeof(TupleCodec<>),
        [typeof(ValueTuple<,>)] = typeof(TupleCodec<,>),
        [typeof(ValueTuple<,,>)] = typeof(TupleCodec<,,>),
        [typeof(ValueTuple<,,,>)] = typeof(TupleCodec<,,,>),
        [typeof(ValueTuple<,,,,>)] = typeof(TupleCodec<,,,,>),
        [typeof(ValueTuple<,,,,,>)] = typeof(TupleCodec<,,,,,>),
        [typeof(ValueTuple<,,,,,,>)] = typeof(TupleCodec<,,,,,,>),
    };

    private static readonly TypeRegistry Registry = new(
        BuiltIn,
        enums: typeof(EnumCodec<>),
        arrays: typeof(ArrayCodec<>),
        assembly => assembly.GetCustomAttributes<CodecOfAttribute>().Select(attribute => (attribute.Type, attribute.Codec)));

    public static object Create(Type type) =>
        Registry.Find(type, out Type unsupported) is { } codec ? Activator.CreateInstance(codec)! : throw Missing(type, unsupported);

    public static bool Has(Type type) => Registry.Find(type, out _) is not null;

    public static void Check(Type type)
    {
        if (Registry.Find(type, out Type unsupported) is null)
        {
            throw Missing(type, unsupported);
        }
    }

    private static JobDefinitionException Missing(Type type, Type unsupported) => new(
        type == unsupported
            ? $"The type {type} has no codec, so it cannot be sent to another task or be kept in state: mark it [StreamRecord]."
            : $"The type {type} has no codec, so it cannot be sent to another task or be kept in state, because {unsupported} has none: "
                + "mark that one [StreamRecord].");
}
