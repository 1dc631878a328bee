using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Streams.State;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// The keyed state of one operator subtask, driven by <see cref="StateSuite"/>: states are declared, optionally restored, and then keys are selected,
/// used and released one after the other.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="subtask">The subtask index.</param>
/// <param name="parallelism">The number of subtasks.</param>
public abstract class StateBackend<TKey>(int subtask, int parallelism) : IDisposable
{
    /// <summary>The number of key groups.</summary>
    public const int KeyGroups = 64;

    private readonly RoutingTable _routing = RoutingTable.Spread(version: 0, KeyGroups, parallelism);

    /// <summary>Declares states.</summary>
    public abstract KeyedStateContext States { get; }

    /// <summary>The clock, by which state expires.</summary>
    public abstract EventTime Now { get; set; }

    /// <summary>The number of keys with state, expired or not.</summary>
    public abstract long Keys { get; }

    /// <summary>The subtask index.</summary>
    protected int Subtask => subtask;

    /// <summary>The number of subtasks.</summary>
    protected int Parallelism => parallelism;

    /// <summary>Whether a key belongs to this subtask.</summary>
    public bool Owns(in TKey key) => _routing.SubtaskOf(KeyGroup.Of(KeyType<TKey>.Instance.Hash(key), KeyGroups)) == subtask;

    /// <summary>Selects a key, whose bytes stay valid until <see cref="Release"/>.</summary>
    public abstract void Select(in TKey key);

    /// <summary>Releases the selected key.</summary>
    public abstract void Release();

    /// <summary>Visits all keys and removes expired state.</summary>
    public abstract void Sweep();

    /// <summary>Sets a timer of a key.</summary>
    public abstract void SetTimer(in TKey key, EventTime time);

    /// <summary>Deletes a timer of a key.</summary>
    public abstract void DeleteTimer(in TKey key, EventTime time);

    /// <summary>Removes and returns the due timers, in order.</summary>
    public abstract IReadOnlyList<(TKey Key, EventTime Time)> TakeTimers(EventTime until);

    /// <summary>Takes a snapshot. No key is selected.</summary>
    public abstract IReadOnlyList<StateSnapshot> Snapshot();

    /// <summary>Restores this subtask's share of the snapshots of all subtasks. The clock is set, and no key is selected.</summary>
    public abstract void Restore(IReadOnlyList<StateSnapshot> snapshots);

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
