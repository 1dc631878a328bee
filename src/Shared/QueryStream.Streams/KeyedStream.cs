using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams;

/// <summary>A stream that is partitioned by key.</summary>
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

    /// <summary>
    /// The dead letters of rows whose key is null or whose key function threw, if <see cref="OnError"/> was called with
    /// <see cref="ErrorPolicy.DeadLetter"/>.
    /// </summary>
    /// <exception cref="JobDefinitionException">The policy is another one.</exception>
    public Stream<DeadLetter> Errors => _check?.ErrorPolicy == ErrorPolicy.DeadLetter
        ? new Stream<DeadLetter>(Job, _check.Errors)
        : throw new JobDefinitionException("KeyBy has no dead letters: call OnError(ErrorPolicy.DeadLetter) first.");

    internal StreamBuilder Job => _rows.Job;

    internal Func<T, TKey> Key { get; }

    /// <summary>Runs a function over the rows of each key, with state and timers.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<KeyedProcessFunction<TKey, T, TOut>> function, string? name = null) =>
        new(Job, Job.Add(new KeyedProcessNode<TKey, T, TOut>(Inputs(), Key, function), name).Rows);

    /// <summary>Connects this stream with another one, so that one function processes the rows of each key of both.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    public ConnectedStreams<TKey, T, TOther> Connect<TOther>(KeyedStream<TOther, TKey> other)
    {
        Job.CheckSame(other.Job, "Connecting");
        return new ConnectedStreams<TKey, T, TOther>(this, other);
    }

    /// <summary>Joins this stream with another one by key and event time.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    public JoinedStreams<TKey, T, TOther> Join<TOther>(KeyedStream<TOther, TKey> other)
    {
        Job.CheckSame(other.Job, "A join");
        return new JoinedStreams<TKey, T, TOther>(this, other);
    }

    /// <summary>Connects this stream with broadcast rows, which every subtask of the function gets.</summary>
    /// <exception cref="JobDefinitionException">The streams belong to different jobs.</exception>
    public BroadcastConnectedStreams<TKey, T, TBroadcast> Connect<TBroadcast>(BroadcastStream<TBroadcast> broadcast)
    {
        Job.CheckSame(broadcast.Job, "Connecting");
        return new BroadcastConnectedStreams<TKey, T, TBroadcast>(this, broadcast);
    }

    /// <summary>
    /// Sets what happens to a row whose key is null or whose key function throws. A policy other than <see cref="ErrorPolicy.Fail"/> computes each
    /// key twice. Call it before <see cref="Errors"/> and before using the stream.
    /// </summary>
    public KeyedStream<T, TKey> OnError(ErrorPolicy policy)
    {
        if (policy == ErrorPolicy.Fail)
        {
            return this;
        }

        Func<T, TKey> key = Key;
        RowCheckNode<T> check = Job.Add(
            new RowCheckNode<T>("KeyCheck", _rows.Inputs(), (in T row, EventTime _) => KeyType<TKey>.Instance.HashOfRow(key(row))));
        check.ErrorPolicy = policy;
        return new KeyedStream<T, TKey>(new Stream<T>(Job, check.Rows), Key, check);
    }

    internal NodeInput[] Inputs(int port = 0) => _rows.Inputs(new SelectedKeyExchange<T, TKey>(Key), port);

    /// <summary>Groups the rows of each key by windows, in event time by default.</summary>
    public WindowedStream<T, TKey> Window(Windowing windows) => new(_rows, Key, windows);

    /// <summary>
    /// Groups the rows of each key by several kinds of window, which share work and memory: rows are aggregated once.
    /// <see cref="WindowStream{T, TKey, TOut}.Of"/> selects the results of one kind. A row is late if no window accepts it any more.
    /// </summary>
    /// <exception cref="JobDefinitionException">There are none, or one occurs twice.</exception>
    public WindowedStream<T, TKey> Windows(params IReadOnlyList<AlignedWindows> windows)
    {
        if (windows.Count == 0 || windows.Distinct().Count() < windows.Count)
        {
            throw new JobDefinitionException(
                $"The windows [{string.Join(", ", windows)}] are not possible: give at least one, and each only once.");
        }

        return new WindowedStream<T, TKey>(_rows, Key, [.. windows]);
    }
}
