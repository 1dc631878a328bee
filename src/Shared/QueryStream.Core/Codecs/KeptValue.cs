using System.Reflection;
using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Copies values into state. A text points into the chunk that it was read with, which is pooled or holds much else. Values that hold texts are
/// therefore copied with their bytes; others are kept as they are.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
public static class KeptValue<T>
{
    /// <summary>Whether values may hold texts. In a static field, so that the JIT removes conditions on it.</summary>
    public static readonly bool HoldsTexts = Holds(typeof(T), []);

    // For callers that have no writer of their own.
    [ThreadStatic]
    private static CodecWriter? Scratch;

    /// <summary>The value, with texts of its own.</summary>
    public static T Of(in T value) => HoldsTexts ? Of(value, Scratch ??= new CodecWriter()) : value;

    /// <summary>The value, with texts of its own.</summary>
    /// <param name="value">The value.</param>
    /// <param name="scratch">A buffer whose content is overwritten.</param>
    public static T Of(in T value, CodecWriter scratch)
    {
        if (!HoldsTexts)
        {
            return value;
        }

        if (typeof(T) == typeof(Text))
        {
            Text copy = Text.From(Unsafe.As<T, Text>(ref Unsafe.AsRef(in value)).Bytes);
            return Unsafe.As<T, Text>(ref Unsafe.AsRef(in value)).HasValue ? Unsafe.As<Text, T>(ref copy) : value;
        }

        scratch.Clear();
        Codec<T>.Instance.Write(scratch, value);
        return Codec<T>.Instance.Read(new CodecReader(scratch.Written.ToArray()));
    }

    private static bool Holds(Type type, HashSet<Type> seen) =>
        type == typeof(Text)
        || (seen.Add(type)
            && !type.IsPrimitive
            && type != typeof(string)
            && ((type.IsArray && Holds(type.GetElementType()!, seen))
                || type.GetGenericArguments().Any(argument => Holds(argument, seen))
                || type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Any(field => Holds(field.FieldType, seen))));
}
