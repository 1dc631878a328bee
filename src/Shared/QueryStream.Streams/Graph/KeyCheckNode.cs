namespace QueryStream.Streams.Graph;

/// <summary>Takes the key of each row before the exchange does, and keeps back the rows that have none.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
public sealed class KeyCheckNode<T, TKey> : StreamNode
{
    internal KeyCheckNode(NodeInput[] inputs, Func<T, TKey> key)
        : base("KeyCheck", inputs)
    {
        Key = key;
        Rows = new NodeOutput<T>(this, 0);
    }

    /// <summary>The key of a row.</summary>
    public Func<T, TKey> Key { get; }

    /// <summary>The rows that have a key.</summary>
    public NodeOutput<T> Rows { get; }

    /// <inheritdoc/>
    public override string Kind => "KeyCheck";

    /// <inheritdoc/>
    public override TResult Accept<TResult>(IStreamNodeVisitor<TResult> visitor) => visitor.Visit(this);
}
