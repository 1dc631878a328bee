using System.Reflection;
using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;

namespace QueryStream.Runtime.State;

/// <summary>
/// Detects values that a function could change in place: those that refer to arrays, or to objects with settable fields. While a capture is in
/// flight, a function gets its own copy of such a value.
/// </summary>
/// <typeparam name="T">The values.</typeparam>
internal static class MutableObjects<T>
{
    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Whether values of the type may refer to mutable objects.</summary>
    public static bool Possible { get; } = IsPossible(typeof(T), []);

    /// <summary>A copy that shares no mutable object with the value.</summary>
    public static T Copy(in T value, CodecWriter scratch)
    {
        if (!Possible)
        {
            return value;
        }

        scratch.Clear();
        Codec<T>.Instance.Write(scratch, value);
        return Codec<T>.Instance.Read(new CodecReader(scratch.Written.ToArray()));
    }

    private static bool IsPossible(Type type, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(Text) || !seen.Add(type))
        {
            return false;
        }

        if (type.IsArray || type.IsInterface)
        {
            return true;
        }

        for (Type? part = type; part is not null && part != typeof(object) && part != typeof(ValueType); part = part.BaseType)
        {
            foreach (FieldInfo field in part.GetFields(Fields))
            {
                // A struct is itself copied, so only what it refers to counts.
                if ((!type.IsValueType && !field.IsInitOnly) || IsPossible(field.FieldType, seen))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
