using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>The results of windows, each with the event time of its window's last millisecond.</summary>
/// <typeparam name="T">The rows that were aggregated.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
public sealed class WindowStream<T, TKey, TOut> : Stream<WindowResult<TKey, TOut>>
{
    private readonly NodeOutput<T> _late;

    internal WindowStream(StreamBuilder job, NodeOutput<WindowResult<TKey, TOut>> results, NodeOutput<T> late)
        : base(job, results) => _late = late;

    /// <summary>Rows that came too late for their window; counted in any case.</summary>
    public Stream<T> Late => new(Job, _late);
}
