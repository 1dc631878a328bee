using QueryStream.Core.Errors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>A stream whose rows of one key belong together.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class KeyedStream<T, TKey>
{
    private readonly Stream<T> _rows;

    internal KeyedStream(Stream<T> rows, Func<T, TKey> key)
    {
        _rows = rows;
        Key = key;
    }

    internal StreamBuilder Job => _rows.Job;

    internal Func<T, TKey> Key { get; }

    /// <summary>Runs a function over the rows of each key, with state and timers.</summary>
    /// <param name="function">Makes the function of one subtask.</param>
    /// <param name="name">Names the operator and its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<KeyedProcessFunction<TKey, T, TOut>> function, string? name = null) =>
        new(Job, Job.Add(new KeyedProcessNode<TKey, T, TOut>(Inputs(), Key, function), name).Rows);

    /// <summary>Brings together the rows of one key of this stream and another.</summary>
    /// <exception cref="JobDefinitionException">The streams are of two jobs.</exception>
    public ConnectedStreams<TKey, T, TOther> Connect<TOther>(KeyedStream<TOther, TKey> other) => other.Job == Job
        ? new ConnectedStreams<TKey, T, TOther>(this, other)
        : throw new JobDefinitionException("Streams of two jobs cannot be connected: build both from the same StreamBuilder.");

    internal NodeInput[] Inputs(int port = 0) => _rows.Inputs(new SelectedKeyExchange<T, TKey>(Key), port);

    /// <summary>Groups the rows of a key by windows, of event time unless said otherwise.</summary>
    public WindowedStream<T, TKey> Window(Windowing windows) => new(_rows, Key, windows);

    /// <summary>
    /// Groups the rows of a key by several kinds of window at once, which share their work and memory: rows are folded once. Each result
    /// says of which it is; <see cref="WindowStream{T, TKey, TOut}.Of"/> takes those of one kind. A row is late where no window takes it any more.
    /// </summary>
    /// <exception cref="JobDefinitionException">None, or one of them twice.</exception>
    public WindowedStream<T, TKey> Windows(params IReadOnlyList<AlignedWindows> windows)
    {
        if (windows.Count == 0 || windows.Distinct().Count() < windows.Count)
        {
            throw new JobDefinitionException($"The windows [{string.Join(", ", windows)}] are not possible: there must be one at least, and each once.");
        }

        return new WindowedStream<T, TKey>(_rows, Key, [.. windows]);
    }
}
