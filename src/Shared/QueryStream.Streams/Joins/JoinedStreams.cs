using QueryStream.Core.Errors;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Joins;

/// <summary>Two streams whose rows of one key are to be paired by their event times.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
public sealed class JoinedStreams<TKey, TLeft, TRight>
{
    private readonly KeyedStream<TLeft, TKey> _left;
    private readonly KeyedStream<TRight, TKey> _right;

    internal JoinedStreams(KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right)
    {
        _left = left;
        _right = right;
    }

    /// <summary>
    /// Pairs each left row with the right rows whose times are at least <paramref name="lower"/> and at most <paramref name="upper"/> after its own.
    /// Pairs come as soon as both rows are there, with the later of their times.
    /// </summary>
    /// <param name="lower">Negative: before it.</param>
    /// <param name="upper">Negative: before it.</param>
    /// <exception cref="JobDefinitionException">The bounds are out of order or too large.</exception>
    public TimedJoin<TKey, TLeft, TRight> Within(TimeSpan lower, TimeSpan upper) => new(_left, _right, new WithinInterval(lower, upper));

    /// <summary>
    /// Pairs the rows that fall into the same window, once for each window; sessions are made of the rows of both streams. Pairs come when the window
    /// ends, all of a key and window at once, with the window's last millisecond as their time.
    /// </summary>
    /// <param name="windows"><see cref="Tumbling"/>, <see cref="Sliding"/>, <see cref="Cumulating"/> or <see cref="Session"/>.</param>
    /// <exception cref="JobDefinitionException">The windows are of another kind.</exception>
    public TimedJoin<TKey, TLeft, TRight> Window(Windowing windows) => new(_left, _right, new InWindow(windows));

    /// <summary>
    /// Looks up, for each left row, the right row that was in force at its time: the last one of its key that is not after it. A left row waits until the
    /// watermark has reached its time. The newest right row of each key is kept for ever.
    /// </summary>
    public TimedJoin<TKey, TLeft, TRight> AsOf() => new(_left, _right, new AsOfTime());
}
