using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>The results of windows, each with the event time of its window's last millisecond.</summary>
/// <typeparam name="T">The rows that were aggregated.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TOut">The value of a window.</typeparam>
public sealed class WindowStream<T, TKey, TOut> : Stream<WindowResult<TKey, TOut>>, IPlacedStream
{
    private readonly StreamNode _node;
    private readonly NodeOutput<T> _late;
    private readonly IReadOnlyList<Windowing> _windows;
    private readonly StreamNode? _check;

    internal WindowStream(
        StreamBuilder job, NodeOutput<WindowResult<TKey, TOut>> results, NodeOutput<T> late, IReadOnlyList<Windowing> windows, StreamNode? check)
        : base(job, results)
    {
        _node = results.Node;
        _check = check;
        _late = late;
        _windows = windows;
    }

    /// <summary>
    /// The dead letters of rows that cannot be aggregated, if <see cref="WindowedStream{T, TKey}.OnError"/> was called with
    /// <see cref="ErrorPolicy.DeadLetter"/>.
    /// </summary>
    /// <exception cref="JobDefinitionException">The policy is another one.</exception>
    public Stream<DeadLetter> Errors => _check?.ErrorPolicy == ErrorPolicy.DeadLetter
        ? new Stream<DeadLetter>(Job, _check.Errors)
        : throw new JobDefinitionException("The windows have no dead letters: call OnError(ErrorPolicy.DeadLetter) before Aggregate.");

    /// <summary>Rows that are late for all of their windows. They are counted, whether or not this output is read.</summary>
    public Stream<T> Late => new(Job, _late);

    /// <inheritdoc/>
    StreamNode IPlacedStream.Node => _node;

    /// <summary>
    /// Sets the number of subtasks of the windows; the default is that of the job. Rows from an operator with another number are rebalanced.
    /// </summary>
    /// <param name="subtasks">From 1 to the number of key groups.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1. A number above that of the key groups is refused when the graph is
    /// built.</exception>
    public WindowStream<T, TKey, TOut> Parallelism(int subtasks)
    {
        _node.SetParallelism(subtasks);
        return this;
    }

    /// <summary>The results of one kind of window.</summary>
    /// <exception cref="JobDefinitionException">The stream has no windows of this kind.</exception>
    public Stream<WindowResult<TKey, TOut>> Of(Windowing windows)
    {
        int index = _windows.ToList().IndexOf(windows);
        return index >= 0
            ? OfIndex(index)
            : throw new JobDefinitionException($"There are no results of {windows}: the windows are {string.Join(", ", _windows)}.");
    }

    private OperatorStream<WindowResult<TKey, TOut>> OfIndex(int index)
    {
        OperatorStream<WindowResult<TKey, TOut>> results = Filter(result => result.Index == index);
        results.Node.InheritsParallelism = true;
        return results;
    }
}
