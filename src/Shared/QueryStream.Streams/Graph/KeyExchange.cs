namespace QueryStream.Streams.Graph;

/// <summary>Spreads rows by the key group of their key.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class KeyExchange<T> : Exchange
{
    /// <inheritdoc/>
    public override string Strategy => "HASH";

    /// <summary>Computes the stable hash of each row's key.</summary>
    public abstract void Hash(ReadOnlySpan<T> rows, Span<ulong> hashes);

    /// <summary>Bytes that the row alone refers to, for flow control; an estimate will do.</summary>
    public virtual int PayloadBytes(in T row) => 0;
}
