using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>A stream whose rows of one key belong together.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class KeyedStream<T, TKey>
{
    private readonly Stream<T> _rows;
    private readonly RowCheckNode<T>? _check;

    internal KeyedStream(Stream<T> rows, Func<T, TKey> key, RowCheckNode<T>? check = null)
    {
        _rows = rows;
        _check = check;
        Key = key;
    }

    /// <summary>Rows whose key is null or could not be taken, where <see cref="OnError"/> says <see cref="ErrorPolicy.DeadLetter"/>.</summary>
    /// <exception cref="JobDefinitionException">The key has another policy.</exception>
    public Stream<DeadLetter> Errors => _check?.ErrorPolicy == ErrorPolicy.DeadLetter
        ? new Stream<DeadLetter>(Job, _check.Errors)
        : throw new JobDefinitionException("KeyBy gives no dead letters: say OnError(ErrorPolicy.DeadLetter) first.");

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
    public ConnectedStreams<TKey, T, TOther> Connect<TOther>(KeyedStream<TOther, TKey> other)
    {
        Job.CheckSame(other.Job, "Connecting");
        return new ConnectedStreams<TKey, T, TOther>(this, other);
    }

    /// <summary>Pairs the rows of one key of this stream and another by their event times.</summary>
    /// <exception cref="JobDefinitionException">The streams are of two jobs.</exception>
    public JoinedStreams<TKey, T, TOther> Join<TOther>(KeyedStream<TOther, TKey> other)
    {
        Job.CheckSame(other.Job, "A join");
        return new JoinedStreams<TKey, T, TOther>(this, other);
    }

    /// <summary>Brings the rows of each key to a function that also sees, on every subtask, all broadcast rows.</summary>
    /// <exception cref="JobDefinitionException">The streams are of two jobs.</exception>
    public BroadcastConnectedStreams<TKey, T, TBroadcast> Connect<TBroadcast>(BroadcastStream<TBroadcast> broadcast)
    {
        Job.CheckSame(broadcast.Job, "Connecting");
        return new BroadcastConnectedStreams<TKey, T, TBroadcast>(this, broadcast);
    }

    /// <summary>
    /// Says what becomes of a row whose key is null or cannot be taken. Other than <see cref="ErrorPolicy.Fail"/> costs that each key is taken once more.
    /// Say it before <see cref="Errors"/> and whatever uses the stream.
    /// </summary>
    public KeyedStream<T, TKey> OnError(ErrorPolicy policy)
    {
        if (policy == ErrorPolicy.Fail)
        {
            return this;
        }

        Func<T, TKey> key = Key;
        RowCheckNode<T> check = Job.Add(new RowCheckNode<T>("KeyCheck", _rows.Inputs(), (in T row, EventTime _) => KeyType<TKey>.Instance.HashOfRow(key(row))));
        check.ErrorPolicy = policy;
        return new KeyedStream<T, TKey>(new Stream<T>(Job, check.Rows), Key, check);
    }

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
