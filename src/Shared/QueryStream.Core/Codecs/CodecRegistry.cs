using System.Reflection;
using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>Finds the codec of a type: one of the built-in ones, or the one that the type's assembly names in a <see cref="CodecOfAttribute"/>. Safe on any thread.</summary>
internal static class CodecRegistry
{
    private static readonly Dictionary<Type, Type> BuiltIn = new()
    {
        [typeof(bool)] = typeof(BooleanCodec),
        [typeof(int)] = typeof(Int32Codec),
        [typeof(long)] = typeof(Int64Codec),
        [typeof(double)] = typeof(DoubleCodec),
        [typeof(Texts.Text)] = typeof(TextCodec),
    };

    public static object Create(Type type) =>
        Find(type, out Type culprit) is { } codec ? Activator.CreateInstance(codec)! : throw Missing(type, culprit);

    public static void Check(Type type)
    {
        if (Find(type, out Type culprit) is null)
        {
            throw Missing(type, culprit);
        }
    }

    private static JobDefinitionException Missing(Type type, Type culprit) => new(
        type == culprit
            ? $"The type {type} has no codec, so it cannot be sent to another task or be kept in state: mark it [StreamRecord]."
            : $"The type {type} has no codec, so it cannot be sent to another task or be kept in state, because {culprit} has none: mark that one [StreamRecord].");

    private static Type? Find(Type type, out Type culprit)
    {
        culprit = type;
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (!BuiltIn.TryGetValue(open, out Type? codec))
        {
            codec = type.Assembly.GetCustomAttributes<CodecOfAttribute>().FirstOrDefault(attribute => attribute.Type == open)?.Codec;
        }

        if (codec is null || !type.IsGenericType)
        {
            return codec;
        }

        foreach (Type argument in type.GetGenericArguments())
        {
            if (Find(argument, out culprit) is null)
            {
                return null;
            }
        }

        culprit = type;
        return codec.MakeGenericType(type.GetGenericArguments());
    }
}
