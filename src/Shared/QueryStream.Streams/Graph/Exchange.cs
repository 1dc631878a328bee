using QueryStream.Core.Errors;
using QueryStream.Core.Keys;

namespace QueryStream.Streams.Graph;

/// <summary>How rows are distributed over the subtasks of the next node.</summary>
public abstract class Exchange
{
    /// <summary>Subtask i sends to subtask i: there is no exchange, and the nodes can be chained.</summary>
    public static Exchange Forward { get; } = new ForwardExchange();

    /// <summary>Every subtask gets all rows.</summary>
    public static Exchange Broadcast { get; } = new BroadcastExchange();

    /// <summary>The name as in Flink's plans: FORWARD, HASH, REBALANCE, BROADCAST, CUSTOM.</summary>
    public abstract string Strategy { get; }

    /// <summary>The layout of the key that rows are distributed by; empty if there is none.</summary>
    internal virtual string KeyLayout => "";

    private sealed class ForwardExchange : Exchange
    {
        public override string Strategy => "FORWARD";
    }

    private sealed class BroadcastExchange : Exchange
    {
        public override string Strategy => "BROADCAST";
    }
}

/// <summary>Distributes rows by the key group of their key.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class KeyExchange<T> : Exchange
{
    /// <inheritdoc/>
    public override string Strategy => "HASH";

    /// <summary>Computes the stable hash of each row's key.</summary>
    public abstract void Hash(ReadOnlySpan<T> rows, Span<ulong> hashes);

    /// <summary>The estimated bytes that only the row refers to, for flow control.</summary>
    public virtual int PayloadBytes(in T row) => 0;
}

/// <summary>Distributes rows by a key that a function extracts.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="key">Extracts the key.</param>
internal sealed class SelectedKeyExchange<T, TKey>(Func<T, TKey> key) : KeyExchange<T>
{
    private static readonly KeyType<TKey> KeyType = KeyType<TKey>.Instance;

    internal override string KeyLayout => Layout.Of<TKey>();

    public override void Hash(ReadOnlySpan<T> rows, Span<ulong> hashes)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            hashes[i] = KeyType.HashOfRow(key(rows[i]));
        }
    }
}

/// <summary>Distributes partial results by the hash that the first phase has computed.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="sizeOf">The bytes that an accumulator owns.</param>
internal sealed class PartialExchange<TKey, TAccumulator>(Func<TAccumulator, long> sizeOf) : KeyExchange<Partial<TKey, TAccumulator>>
    where TAccumulator : struct
{
    internal override string KeyLayout => Layout.Of<TKey>();

    public override void Hash(ReadOnlySpan<Partial<TKey, TAccumulator>> rows, Span<ulong> hashes)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            hashes[i] = rows[i].Hash;
        }
    }

    public override int PayloadBytes(in Partial<TKey, TAccumulator> row) => (int)Math.Min(int.MaxValue, sizeOf(row.Accumulator));
}

/// <summary>Distributes rows in another way than by key group.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class PartitionExchange<T> : Exchange
{
    /// <summary>Chooses a subtask for each row. Called in turns of several tasks, so it must be stateless.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="subtasks">The number of subtasks.</param>
    /// <param name="next">State of the sending subtask between calls; starts with the subtask's index.</param>
    /// <param name="receivers">Receives the subtask of each row.</param>
    public abstract void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers);
}

/// <summary>Distributes rows round-robin.</summary>
/// <typeparam name="T">The rows.</typeparam>
internal sealed class RebalanceExchange<T> : PartitionExchange<T>
{
    /// <inheritdoc/>
    public override string Strategy => "REBALANCE";

    /// <inheritdoc/>
    public override void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            receivers[i] = next;
            next = next + 1 == subtasks ? 0 : next + 1;
        }
    }
}

/// <summary>Distributes rows by a function of the job.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="partition">Returns the subtask of a row, given the number of subtasks.</param>
internal sealed class CustomExchange<T>(Func<T, int, int> partition) : PartitionExchange<T>
{
    /// <inheritdoc/>
    public override string Strategy => "CUSTOM";

    /// <inheritdoc/>
    public override void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            int receiver = partition(rows[i], subtasks);
            receivers[i] = (uint)receiver < (uint)subtasks
                ? receiver
                : throw new PartitionException(receiver, subtasks);
        }
    }
}
