using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.State;

/// <summary>
/// The named states of one operator of one subtask, by key. States are added in the operator's constructor; then one key at a time is selected, and
/// states read and write what belongs to it. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
internal abstract class KeyedStore<TKey>
{
    private TKey _key = default!;

    /// <summary>The processing time, read once for each batch. State expires by it. Set once a batch.</summary>
    public EventTime Now { get; set; }

    /// <summary>The selected key.</summary>
    /// <exception cref="NoKeyException">No key is selected.</exception>
    public TKey Key => IsSelected ? _key : throw NoKey();

    /// <summary>The hash of the selected key.</summary>
    public ulong Hash { get; private set; }

    /// <summary>The number of keys that have state.</summary>
    public abstract long Count { get; }

    /// <summary>The names of the states.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>Whether a key is selected.</summary>
    protected bool IsSelected { get; private set; }

    /// <summary>The keys of a key group that have state, in any order. No key is selected.</summary>
    public abstract IEnumerable<TKey> KeysOf(KeyGroup group);

    /// <summary>Selects a key, which must stay valid until <see cref="Release"/>.</summary>
    public virtual void Select(in TKey key, ulong hash)
    {
        _key = key;
        Hash = hash;
        IsSelected = true;
    }

    /// <summary>Ends the work on the selected key: if it has no state left, it is removed. References to its state are no longer valid.</summary>
    public virtual void Release() => IsSelected = false;

    /// <summary>Clears all states of the selected key, which stays selected.</summary>
    public abstract void ClearSelected();

    /// <summary>Checks some keys, in turn, and removes their expired state, so that state that is never read again is freed.</summary>
    public abstract void Sweep(int keys);

    /// <summary>Adds a state with one value per key.</summary>
    public abstract ValueState<T> AddValue<T>(string name, StateTtl? ttl);

    /// <summary>Adds a state with a list per key.</summary>
    public abstract ListState<T> AddList<T>(string name, StateTtl? ttl);

    /// <summary>Adds a state with a map per key.</summary>
    public abstract MapState<TName, TValue> AddMap<TName, TValue>(string name, StateTtl? ttl)
        where TName : notnull;

    /// <summary>Adds a state with an accumulator per key.</summary>
    public abstract AggregatingState<TIn, TOut> AddAggregating<TIn, TAccumulator, TOut>(
        string name, StateTtl? ttl, Aggregate<TIn, TAccumulator, TOut> aggregate)
        where TAccumulator : struct;

    /// <summary>Adds a state with rows per key, ordered by event time: one side of a join.</summary>
    public abstract TimedRowsState<T> AddTimedRows<T>(string name);

    /// <summary>Adds all states to a capture. No key is selected.</summary>
    public abstract void Capture(StateCapture capture);

    /// <summary>Restores all states that were added. No key is selected.</summary>
    public abstract Task RestoreAsync(StateReader state);

    /// <summary>The error for access without a selected key.</summary>
    protected static NoKeyException NoKey() => new("Keyed state or a timer");
}
