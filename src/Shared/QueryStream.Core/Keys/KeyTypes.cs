using QueryStream.Core.Errors;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

/// <summary>Finds the key type of a .NET type; by reflection, once a type and never for a record.</summary>
internal static class KeyTypes
{
    private static readonly Dictionary<Type, object> Simple = new()
    {
        [typeof(Text)] = new TextKey(),
        [typeof(string)] = new StringKey(),
        [typeof(bool)] = new BooleanKey(),
        [typeof(byte)] = new ByteKey(),
        [typeof(short)] = new Int16Key(),
        [typeof(int)] = new Int32Key(),
        [typeof(long)] = new Int64Key(),
        [typeof(Unit)] = new UnitKey(),
    };

    /// <summary>Refuses a type that cannot be a key, also inside of a composite.</summary>
    /// <exception cref="JobDefinitionException">It cannot.</exception>
    public static void Check(Type type)
    {
        if (Simple.ContainsKey(type) || type.IsEnum)
        {
            return;
        }

        if (WrapperOf(type) is null)
        {
            throw new JobDefinitionException(
                $"The type {type} cannot be a key. Keys are Text, string, bool, byte, short, int, long, enums, their nullable forms, and tuples of up to three of them.");
        }

        foreach (Type member in type.GetGenericArguments())
        {
            Check(member);
        }
    }

    /// <summary>Makes the key type of a type that was checked.</summary>
    public static object Create(Type type)
    {
        Check(type);
        return Simple.TryGetValue(type, out object? simple) ? simple
            : type.IsEnum ? Make(typeof(EnumKey<>), type)
            : Make(WrapperOf(type)!, type.GetGenericArguments());
    }

    private static Type? WrapperOf(Type type)
    {
        Type? open = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        return open == typeof(Nullable<>) ? typeof(NullableKey<>)
            : open == typeof(ValueTuple<,>) ? typeof(PairKey<,>)
            : open == typeof(ValueTuple<,,>) ? typeof(TripleKey<,,>)
            : null;
    }

    private static object Make(Type open, params Type[] arguments) => Activator.CreateInstance(open.MakeGenericType(arguments))!;
}
