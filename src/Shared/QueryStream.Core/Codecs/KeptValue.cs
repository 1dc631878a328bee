using System.Reflection;
using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Copies values into state. A text points into a chunk that is pooled or shared with other texts, so values with texts are copied with their bytes.
/// Other values are kept as they are.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
public static class KeptValue<T>
{
    /// <summary>Whether values may contain texts. A static readonly field, so that the JIT removes conditions on it.</summary>
    public static readonly bool HoldsTexts = Holds(typeof(T), []);

    // For callers without their own writer.
    [ThreadStatic]
    private static CodecWriter? Scratch;

    /// <summary>The value with its own copies of its texts.</summary>
    public static T Of(in T value) => HoldsTexts ? Of(value, Scratch ??= new CodecWriter()) : value;

    /// <summary>The value with its own copies of its texts.</summary>
    /// <param name="value">The value.</param>
    /// <param name="scratch">A buffer to overwrite.</param>
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
