using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Runtime.Operators.Windows.Rows;
using QueryStream.Streams.Windows;

[assembly: KeyTypeOf(typeof(WindowKey<>), typeof(WindowKeyType<>))]
[assembly: CodecOf(typeof(WindowKey<>), typeof(WindowKeyCodec<>))]

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <summary>A key and one of its windows: what state and timers of windows that keep their rows belong to.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="Key">The key.</param>
/// <param name="Window">The window. For a session, its first window, since the session grows.</param>
internal readonly record struct WindowKey<TKey>(TKey Key, Window Window);

/// <summary>All windows of a key are in the key group of the key, which the high half of the hash decides; the low half tells them apart.</summary>
internal sealed class WindowKeyType<TKey> : KeyType<WindowKey<TKey>>
{
    private const ulong HighHalf = 0xFFFF_FFFF_0000_0000;

    private static readonly KeyType<TKey> Inner = KeyType<TKey>.Instance;

    public override ulong Hash(in WindowKey<TKey> key)
    {
        ulong hash = Inner.Hash(key.Key);
        ulong window = StableHash.Combine(StableHash.OfInt64(key.Window.Start.Milliseconds), StableHash.OfInt64(key.Window.End.Milliseconds));
        return (hash & HighHalf) | (StableHash.Combine(hash, window) & ~HighHalf);
    }

    public override bool AreEqual(in WindowKey<TKey> a, in WindowKey<TKey> b) => a.Window == b.Window && Inner.AreEqual(a.Key, b.Key);

    public override WindowKey<TKey> Keep(in WindowKey<TKey> key, TextArena arena) => key with { Key = Inner.Keep(key.Key, arena) };

    public override int PayloadBytes(in WindowKey<TKey> key) => Inner.PayloadBytes(key.Key);
}

/// <summary>The layout of a <see cref="WindowKey{TKey}"/> in snapshots.</summary>
internal sealed class WindowKeyCodec<TKey> : SurrogateCodec<WindowKey<TKey>, (TKey, Window)>
{
    protected override (TKey, Window) To(in WindowKey<TKey> value) => (value.Key, value.Window);

    protected override WindowKey<TKey> From(in (TKey, Window) surrogate, CodecReader reader) => new(surrogate.Item1, surrogate.Item2);
}
