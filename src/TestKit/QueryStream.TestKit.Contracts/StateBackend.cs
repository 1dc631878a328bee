using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.State;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// The keyed state of one operator of one subtask, as <see cref="StateSuite"/> drives it: states are declared, then perhaps restored, and then
/// one key after the other is selected, worked on and released.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="subtask">Which subtask this is.</param>
/// <param name="parallelism">How many there are.</param>
public abstract class StateBackend<TKey>(int subtask, int parallelism) : IDisposable
{
    /// <summary>The job's number of key groups.</summary>
    public const int KeyGroups = 64;

    private readonly RoutingTable _routing = RoutingTable.Spread(version: 0, KeyGroups, parallelism);

    /// <summary>Where states are declared.</summary>
    public abstract KeyedStateContext States { get; }

    /// <summary>The clock, for what expires.</summary>
    public abstract EventTime Now { get; set; }

    /// <summary>The number of keys that something is kept for, expired or not.</summary>
    public abstract long Keys { get; }

    /// <summary>Which subtask this is.</summary>
    protected int Subtask => subtask;

    /// <summary>How many subtasks there are.</summary>
    protected int Parallelism => parallelism;

    /// <summary>Whether a key belongs to this subtask.</summary>
    public bool Owns(in TKey key) => _routing.SubtaskOf(KeyGroup.Of(KeyType<TKey>.Instance.Hash(key), KeyGroups)) == subtask;

    /// <summary>Begins to work on a key, whose bytes stay valid until <see cref="Release"/>.</summary>
    public abstract void Select(in TKey key);

    /// <summary>Ends the work on the selected key.</summary>
    public abstract void Release();

    /// <summary>Comes across every key, and forgets what has expired.</summary>
    public abstract void Sweep();

    /// <summary>Sets a timer of a key.</summary>
    public abstract void SetTimer(in TKey key, EventTime time);

    /// <summary>Takes back a timer of a key.</summary>
    public abstract void DeleteTimer(in TKey key, EventTime time);

    /// <summary>Takes the timers that are due, in their order.</summary>
    public abstract IReadOnlyList<(TKey Key, EventTime Time)> TakeTimers(EventTime until);

    /// <summary>What is kept. Nothing is selected.</summary>
    public abstract IReadOnlyList<StateSnapshot> Snapshot();

    /// <summary>Takes over what is this subtask's of that which all subtasks had kept. The clock has been set, and nothing is selected.</summary>
    public abstract void Restore(IReadOnlyList<StateSnapshot> snapshots);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
