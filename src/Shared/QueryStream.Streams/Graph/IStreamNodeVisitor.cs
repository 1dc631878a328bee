namespace QueryStream.Streams.Graph;

/// <summary>Meets each kind of node with its row types; so that Runtime makes operators without reflection.</summary>
/// <typeparam name="TResult">What it makes.</typeparam>
public interface IStreamNodeVisitor<out TResult>
{
    /// <summary>A source.</summary>
    TResult Visit<T>(SourceNode<T> node);

    /// <summary>One row for one.</summary>
    TResult Visit<TIn, TOut>(MapNode<TIn, TOut> node);

    /// <summary>Some of the rows.</summary>
    TResult Visit<T>(FilterNode<T> node);

    /// <summary>Any number of rows for one.</summary>
    TResult Visit<TIn, TOut>(FlatMapNode<TIn, TOut> node);

    /// <summary>A counter of the job.</summary>
    TResult Visit<T>(CountNode<T> node);

    /// <summary>A counter of distinct records.</summary>
    TResult Visit<T>(CountOnceNode<T> node);

    /// <summary>The first phase of a window aggregation.</summary>
    TResult Visit<T, TKey, TAccumulator, TOut>(LocalWindowNode<T, TKey, TAccumulator, TOut> node)
        where TAccumulator : struct;

    /// <summary>The second phase of a window aggregation.</summary>
    TResult Visit<T, TKey, TAccumulator, TOut>(WindowNode<T, TKey, TAccumulator, TOut> node)
        where TAccumulator : struct;

    /// <summary>Windows that keep their rows.</summary>
    TResult Visit<T, TKey, TOut>(RowWindowNode<T, TKey, TOut> node);

    /// <summary>A function over rows.</summary>
    TResult Visit<TIn, TOut>(ProcessNode<TIn, TOut> node);

    /// <summary>A function over the rows of keys.</summary>
    TResult Visit<TKey, TIn, TOut>(KeyedProcessNode<TKey, TIn, TOut> node);

    /// <summary>A function over the rows of keys of two streams.</summary>
    TResult Visit<TKey, TLeft, TRight, TOut>(KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node);

    /// <summary>A function over the rows of two streams.</summary>
    TResult Visit<TLeft, TRight, TOut>(CoProcessNode<TLeft, TRight, TOut> node);

    /// <summary>A function over rows and broadcast rows.</summary>
    TResult Visit<TIn, TBroadcast, TOut>(BroadcastProcessNode<TIn, TBroadcast, TOut> node);

    /// <summary>A function over the rows of keys and broadcast rows.</summary>
    TResult Visit<TKey, TIn, TBroadcast, TOut>(KeyedBroadcastProcessNode<TKey, TIn, TBroadcast, TOut> node);

    /// <summary>Pairs the rows of two keyed streams by their times.</summary>
    TResult Visit<TKey, TLeft, TRight, TOut>(JoinNode<TKey, TLeft, TRight, TOut> node);

    /// <summary>One row for one, which something outside answers.</summary>
    TResult Visit<TIn, TOut>(AsyncMapNode<TIn, TOut> node);

    /// <summary>Keeps back rows without a key.</summary>
    TResult Visit<T>(RowCheckNode<T> node);

    /// <summary>A sink.</summary>
    TResult Visit<T>(SinkNode<T> node);
}
