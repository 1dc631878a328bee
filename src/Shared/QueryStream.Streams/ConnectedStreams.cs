using QueryStream.Streams.Functions;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams;

/// <summary>Two keyed streams that one function processes, with shared state for each key.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
public sealed class ConnectedStreams<TKey, TLeft, TRight>
{
    private readonly KeyedStream<TLeft, TKey> _left;
    private readonly KeyedStream<TRight, TKey> _right;

    internal ConnectedStreams(KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right)
    {
        _left = left;
        _right = right;
    }

    /// <summary>Runs a function over the rows of each key, with state and timers.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<KeyedCoProcessFunction<TKey, TLeft, TRight, TOut>> function, string? name = null)
    {
        KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node = new(_left, _right, function);
        return new ProcessStream<TOut>(_left.Job, _left.Job.Add(node, name).Rows);
    }
}

/// <summary>Two streams that one function processes.</summary>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
public sealed class ConnectedStreams<TLeft, TRight>
{
    private readonly Stream<TLeft> _left;
    private readonly Stream<TRight> _right;

    internal ConnectedStreams(Stream<TLeft> left, Stream<TRight> right)
    {
        _left = left;
        _right = right;
    }

    /// <summary>Maps each row to one row.</summary>
    public OperatorStream<TOut> Map<TOut>(Func<TLeft, TOut> left, Func<TRight, TOut> right) =>
        Process(() => new CoMapFunction<TLeft, TRight, TOut>(left, right));

    /// <summary>Maps each row to any number of rows.</summary>
    public OperatorStream<TOut> FlatMap<TOut>(FlatMapFunction<TLeft, TOut> left, FlatMapFunction<TRight, TOut> right) =>
        Process(() => new CoFlatMapFunction<TLeft, TRight, TOut>(left, right));

    /// <summary>Runs a function over the rows of both streams.</summary>
    /// <param name="function">Creates the function of one subtask.</param>
    /// <param name="name">The operator's name, which identifies its state across versions of the job.</param>
    [StatefulOperator]
    public ProcessStream<TOut> Process<TOut>(Func<CoProcessFunction<TLeft, TRight, TOut>> function, string? name = null)
    {
        CoProcessNode<TLeft, TRight, TOut> node = new([.. _left.Inputs(port: 0), .. _right.Inputs(port: 1)], function);
        return new ProcessStream<TOut>(_left.Job, _left.Job.Add(node, name).Rows);
    }
}
