using QueryStream.Core.Errors;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Joins;

/// <summary>Two keyed streams, to be joined by event time.</summary>
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
    /// A pair is emitted as soon as both rows have arrived, with the later of their times.
    /// </summary>
    /// <param name="lower">The smallest difference of the right row's time to the left row's; negative: the right row may be earlier.</param>
    /// <param name="upper">The largest difference; negative: the right row must be earlier.</param>
    /// <exception cref="JobDefinitionException">The bounds are out of order or too large.</exception>
    public TimedJoin<TKey, TLeft, TRight> Within(TimeSpan lower, TimeSpan upper) => new(_left, _right, new WithinInterval(lower, upper));

    /// <summary>
    /// Pairs the rows of the same window, once for each window; sessions are made of the rows of both streams. The pairs of a key and window are
    /// emitted together when the window closes, with its last millisecond as their time.
    /// </summary>
    /// <param name="windows"><see cref="Tumbling"/>, <see cref="Sliding"/>, <see cref="Cumulating"/> or <see cref="Session"/>.</param>
    /// <exception cref="JobDefinitionException">The windows are of another kind.</exception>
    public TimedJoin<TKey, TLeft, TRight> Window(Windowing windows) => new(_left, _right, new InWindow(windows));

    /// <summary>
    /// Looks up, for each left row, the right row that was valid at its time: the last one of its key that is not later. A left row waits until the
    /// watermark reaches its time. The newest right row of each key is never removed.
    /// </summary>
    public TimedJoin<TKey, TLeft, TRight> AsOf() => new(_left, _right, new AsOfTime());
}
