using QueryStream.Core.Codecs;

namespace QueryStream.Streams.Graph;

/// <summary>The layout of a type as a part of a graph's fingerprint: two versions of a type that are encoded differently differ in it.</summary>
internal static class Layout
{
    /// <summary>The schema of the type's codec, with all members; of a type without one, which crosses no channel, its name.</summary>
    public static string Of<T>() => Codec<T>.Exists ? Codec<T>.Instance.Schema.ToString() : typeof(T).ToString();
}
