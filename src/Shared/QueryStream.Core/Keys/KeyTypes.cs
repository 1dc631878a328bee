using System.Reflection;
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

    /// <summary>Throws if the type, or a part of it, cannot be a key.</summary>
    /// <exception cref="JobDefinitionException">It cannot.</exception>
    public static void Check(Type type)
    {
        if (Find(type, out Type unsupported) is null)
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
        return Activator.CreateInstance(Find(type, out _)!)!;
    }

    private static Type? Find(Type type, out Type unsupported)
    {
        unsupported = type;
        Type? found = ClassOf(type);
        if (found is not { IsGenericTypeDefinition: true })
        {
            return found;
        }

        Type[] parts = type.IsEnum ? [type] : type.GetGenericArguments();
        foreach (Type part in parts)
        {
            if (part != type && Find(part, out unsupported) is null)
            {
                return null;
            }
        }

        unsupported = type;
        return found.MakeGenericType(parts);
    }

    private static Type? ClassOf(Type type)
    {
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return BuiltIn.TryGetValue(open, out Type? found) ? found
            : type.IsEnum ? typeof(EnumKey<>)
            : type.Assembly.GetCustomAttributes<KeyTypeOfAttribute>().FirstOrDefault(attribute => attribute.Type == open)?.KeyType;
    }
}
