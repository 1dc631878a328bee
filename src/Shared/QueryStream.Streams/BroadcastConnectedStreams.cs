using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>A stream connected with broadcast rows, which every subtask gets.</summary>
/// <typeparam name="T">The rows of the stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
public sealed class BroadcastConnectedStreams<T, TBroadcast>
{
    private readonly Stream<T> _rows;
    private readonly BroadcastStream<TBroadcast> _broadcast;

    internal BroadcastConnectedStreams(Stream<T> rows, BroadcastStream<TBroadcast> broadcast)
    {
        _rows = rows;
        _broadcast = broadcast;
    }

    /// <summary>Runs a function over both.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<BroadcastProcessFunction<T, TBroadcast, TOut>> function, string? name = null)
    {
        BroadcastProcessNode<T, TBroadcast, TOut> node = new([.. _rows.Inputs(port: 0), .. _broadcast.Inputs(port: 1)], function);
        return new ProcessStream<TOut>(_rows.Job, _rows.Job.Add(node, name).Rows);
    }
}

/// <summary>A keyed stream connected with broadcast rows, which every subtask gets.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="T">The rows of the keyed stream.</typeparam>
/// <typeparam name="TBroadcast">The broadcast rows.</typeparam>
public sealed class BroadcastConnectedStreams<TKey, T, TBroadcast>
{
    private readonly KeyedStream<T, TKey> _rows;
    private readonly BroadcastStream<TBroadcast> _broadcast;

    internal BroadcastConnectedStreams(KeyedStream<T, TKey> rows, BroadcastStream<TBroadcast> broadcast)
    {
        _rows = rows;
        _broadcast = broadcast;
    }

    /// <summary>Runs a function over both, with keyed state and timers.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<KeyedBroadcastProcessFunction<TKey, T, TBroadcast, TOut>> function, string? name = null)
    {
        KeyedBroadcastProcessNode<TKey, T, TBroadcast, TOut> node = new(
            [.. _rows.Inputs(port: 0), .. _broadcast.Inputs(port: 1)], _rows.Key, function);
        return new ProcessStream<TOut>(_rows.Job, _rows.Job.Add(node, name).Rows);
    }
}

/// <summary>A stream whose rows go to every subtask of the next operator: rules, settings, small tables.</summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class BroadcastStream<T> : Stream<T>
{
    internal BroadcastStream(Stream<T> rows)
        : base(rows, Exchange.Broadcast)
    {
    }
}
