using QueryStream.Core.Errors;
using QueryStream.Core.Keys;

namespace QueryStream.Streams.Graph;

/// <summary>How rows are spread over the subtasks of the next node.</summary>
public abstract class Exchange
{
    /// <summary>Subtask i sends to subtask i: no exchange, so that the nodes can be chained.</summary>
    public static Exchange Forward { get; } = new ForwardExchange();

    /// <summary>Every subtask gets all rows.</summary>
    public static Exchange Broadcast { get; } = new BroadcastExchange();

    /// <summary>As in Flink's plans: FORWARD, HASH, REBALANCE, BROADCAST, CUSTOM.</summary>
    public abstract string Strategy { get; }

    /// <summary>The layout of the key that rows go by; empty where they go by none.</summary>
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

/// <summary>Spreads rows by a key that is taken from them.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="key">Takes the key.</param>
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

/// <summary>Spreads partial results by the hash that the first phase has computed.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="sizeOf">Bytes that an accumulator owns.</param>
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

/// <summary>Spreads rows over the subtasks in a way that keeps no key together.</summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class PartitionExchange<T> : Exchange
{
    /// <summary>Chooses a subtask for each row. Called in turns of several tasks: keeps nothing itself.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="subtasks">How many subtasks there are.</param>
    /// <param name="next">What the sending subtask keeps for it from call to call; begins at its own index.</param>
    /// <param name="receivers">Takes the subtask of each row.</param>
    public abstract void Choose(ReadOnlySpan<T> rows, int subtasks, ref int next, Span<int> receivers);
}

/// <summary>Gives each subtask in turn a row.</summary>
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

/// <summary>Spreads rows as the job wants it.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="partition">The subtask of a row, of so many.</param>
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
