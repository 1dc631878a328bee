using System.Reflection;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Core.Keys;

/// <summary>
/// Finds the key type of a .NET type: a built-in one, or the one that the type's assembly registers with <see cref="KeyTypeOfAttribute"/>. Uses
/// reflection, once for each type. Safe on any thread.
/// </summary>
internal static class KeyTypes
{
    private static readonly Dictionary<Type, Type> BuiltIn = new()
    {
        [typeof(Text)] = typeof(TextKey),
        [typeof(string)] = typeof(StringKey),
        [typeof(Unit)] = typeof(UnitKey),
        [typeof(bool)] = typeof(BooleanKey),
        [typeof(sbyte)] = typeof(SByteKey),
        [typeof(short)] = typeof(Int16Key),
        [typeof(int)] = typeof(Int32Key),
        [typeof(long)] = typeof(Int64Key),
        [typeof(byte)] = typeof(ByteKey),
        [typeof(ushort)] = typeof(UInt16Key),
        [typeof(uint)] = typeof(UInt32Key),
        [typeof(ulong)] = typeof(UInt64Key),
        [typeof(char)] = typeof(CharKey),
        [typeof(float)] = typeof(SingleKey),
        [typeof(double)] = typeof(DoubleKey),
        [typeof(decimal)] = typeof(DecimalKey),
        [typeof(Guid)] = typeof(GuidKey),
        [typeof(EventTime)] = typeof(EventTimeKey),
        [typeof(DateTime)] = typeof(DateTimeKey),
        [typeof(DateTimeOffset)] = typeof(DateTimeOffsetKey),
        [typeof(DateOnly)] = typeof(DateOnlyKey),
        [typeof(TimeOnly)] = typeof(TimeOnlyKey),
        [typeof(TimeSpan)] = typeof(TimeSpanKey),
        [typeof(Nullable<>)] = typeof(NullableKey<>),
        [typeof(ValueTuple<>)] = typeof(TupleKey<>),
        [typeof(ValueTuple<,>)] = typeof(TupleKey<,>),
        [typeof(ValueTuple<,,>)] = typeof(TupleKey<,,>),
        [typeof(ValueTuple<,,,>)] = typeof(TupleKey<,,,>),
        [typeof(ValueTuple<,,,,>)] = typeof(TupleKey<,,,,>),
        [typeof(ValueTuple<,,,,,>)] = typeof(TupleKey<,,,,,>),
        [typeof(ValueTuple<,,,,,,>)] = typeof(TupleKey<,,,,,,>),
    };

    private static readonly TypeRegistry Registry = new(
        BuiltIn,
        enums: typeof(EnumKey<>),
        arrays: null,
        assembly => assembly.GetCustomAttributes<KeyTypeOfAttribute>().Select(attribute => (attribute.Type, attribute.KeyType)));

    /// <summary>Throws if the type, or a part of it, cannot be a key.</summary>
    /// <exception cref="JobDefinitionException">It cannot.</exception>
    public static void Check(Type type)
    {
        if (Registry.Find(type, out Type unsupported) is null)
        {
            string because = unsupported == type ? "" : $", because {unsupported} cannot";
            throw new JobDefinitionException(
                $"The type {type} cannot be a key{because}. Keys are Text, string, bool, char, numbers, enums, Guid, times and dates, "
                + "their nullable forms, tuples of up to seven of them, and [StreamRecord] types whose members are all keys.");
        }
    }

    /// <summary>Creates the key type of a type.</summary>
    /// <exception cref="JobDefinitionException">It cannot be a key.</exception>
    public static object Create(Type type)
    {
        Check(type);
        return Activator.CreateInstance(Registry.Find(type, out _)!)!;
    }
}
