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

    public static object Create(Type type)
    {
        if (Simple.TryGetValue(type, out object? simple))
        {
            return simple;
        }

        if (type.IsEnum)
        {
            return Make(typeof(EnumKey<>), type);
        }

        if (type.IsGenericType)
        {
            Type open = type.GetGenericTypeDefinition();
            Type? wrapper = open == typeof(Nullable<>) ? typeof(NullableKey<>)
                : open == typeof(ValueTuple<,>) ? typeof(PairKey<,>)
                : open == typeof(ValueTuple<,,>) ? typeof(TripleKey<,,>)
                : null;
            if (wrapper is not null)
            {
                return Make(wrapper, type.GetGenericArguments());
            }
        }

        throw new JobDefinitionException(
            $"The type {type} cannot be a key. Keys are Text, string, bool, byte, short, int, long, enums, their nullable forms, and tuples of up to three of them.");
    }

    private static object Make(Type open, params Type[] arguments)
    {
        try
        {
            return Activator.CreateInstance(open.MakeGenericType(arguments))!;
        }
        catch (System.Reflection.TargetInvocationException e) when (e.InnerException?.InnerException is JobDefinitionException inner)
        {
            // The member's own key type failed inside the static initializer of its generic class: say which member it was.
            throw new JobDefinitionException(inner.Message, e);
        }
    }
}
