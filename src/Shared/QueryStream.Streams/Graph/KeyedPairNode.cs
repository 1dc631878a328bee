namespace QueryStream.Streams.Graph;

/// <summary>Something over the rows of keys of two streams, with state and timers that both share.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TLeft">The rows of the first stream.</typeparam>
/// <typeparam name="TRight">The rows of the second stream.</typeparam>
/// <typeparam name="TOut">The rows it emits.</typeparam>
public abstract class KeyedPairNode<TKey, TLeft, TRight, TOut> : StreamNode
{
    /// <summary>The port of the first stream's rows.</summary>
    public const int LeftPort = 0;

    /// <summary>The port of the second stream's rows.</summary>
    public const int RightPort = 1;

    private protected KeyedPairNode(string name, KeyedStream<TLeft, TKey> left, KeyedStream<TRight, TKey> right)
        : base(name, [.. left.Inputs(LeftPort), .. right.Inputs(RightPort)])
    {
        LeftKey = left.Key;
        RightKey = right.Key;
        Rows = new NodeOutput<TOut>(this, 0);
    }

    /// <summary>The key of a row of the first stream.</summary>
    public Func<TLeft, TKey> LeftKey { get; }

    /// <summary>The key of a row of the second stream.</summary>
    public Func<TRight, TKey> RightKey { get; }

    /// <summary>What is emitted.</summary>
    public NodeOutput<TOut> Rows { get; }
}
