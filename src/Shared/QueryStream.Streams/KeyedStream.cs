using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>A stream whose rows of one key belong together.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class KeyedStream<T, TKey>
{
    private readonly Stream<T> _rows;
    private readonly Func<T, TKey> _key;

    internal KeyedStream(Stream<T> rows, Func<T, TKey> key)
    {
        _rows = rows;
        _key = key;
    }

    /// <summary>Groups the rows of a key by windows of event time.</summary>
    public WindowedStream<T, TKey> Window(Tumbling windows) => new(_rows, _key, windows);
}
