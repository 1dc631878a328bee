namespace QueryStream.Streams.Graph;

/// <summary>Visits each kind of node with its row types, so that Runtime creates operators without reflection.</summary>
/// <typeparam name="TResult">The result of a visit.</typeparam>
public interface IStreamNodeVisitor<out TResult>
{
    /// <summary>A source.</summary>
    TResult Visit<T>(SourceNode<T> node);

    /// <summary>Maps each row to one row.</summary>
    TResult Visit<TIn, TOut>(MapNode<TIn, TOut> node);

    /// <summary>Filters rows.</summary>
    TResult Visit<T>(FilterNode<T> node);

    /// <summary>Maps each row to any number of rows.</summary>
    TResult Visit<TIn, TOut>(FlatMapNode<TIn, TOut> node);

    /// <summary>Counts rows into a counter of the job.</summary>
    TResult Visit<T>(CountNode<T> node);

    /// <summary>Counts distinct records into a counter of the job.</summary>
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

    /// <summary>A function over keyed rows.</summary>
    TResult Visit<TKey, TIn, TOut>(KeyedProcessNode<TKey, TIn, TOut> node);

    /// <summary>A function over the rows of two keyed streams.</summary>
    TResult Visit<TKey, TLeft, TRight, TOut>(KeyedCoProcessNode<TKey, TLeft, TRight, TOut> node);

    /// <summary>A function over the rows of two streams.</summary>
    TResult Visit<TLeft, TRight, TOut>(CoProcessNode<TLeft, TRight, TOut> node);

    /// <summary>A function over rows and broadcast rows.</summary>
    TResult Visit<TIn, TBroadcast, TOut>(BroadcastProcessNode<TIn, TBroadcast, TOut> node);

    /// <summary>A function over keyed rows and broadcast rows.</summary>
    TResult Visit<TKey, TIn, TBroadcast, TOut>(KeyedBroadcastProcessNode<TKey, TIn, TBroadcast, TOut> node);

    /// <summary>Joins two keyed streams by event time.</summary>
    TResult Visit<TKey, TLeft, TRight, TOut>(JoinNode<TKey, TLeft, TRight, TOut> node);

    /// <summary>Maps rows asynchronously: an external system answers each row.</summary>
    TResult Visit<TIn, TOut>(AsyncMapNode<TIn, TOut> node);

    /// <summary>Checks rows before the next operator.</summary>
    TResult Visit<T>(RowCheckNode<T> node);

    /// <summary>A sink.</summary>
    TResult Visit<T>(SinkNode<T> node);
}
