using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Runtime.Operators.Windows.Counts;
using QueryStream.Runtime.Operators.Windows.Sessions;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.State;

/// <summary>
/// Stores the keyed state of operators. An operator creates its stores once, in its constructor, and uses them in turns of its task. Every backend
/// captures and restores the same items, so a job can be restored with another one. See docs/design/state-backends.md.
/// </summary>
internal interface IStateBackend
{
    /// <summary>Creates the store of an operator's named states by key.</summary>
    /// <param name="keyGroups">The job's number of key groups.</param>
    KeyedStore<TKey> CreateKeyedStore<TKey>(int keyGroups);

    /// <summary>Creates a store of timers by key.</summary>
    /// <param name="name">The name of the state.</param>
    TimerQueue<TKey> CreateTimerQueue<TKey>(string name);

    /// <summary>Creates a store of accumulators by slice and key.</summary>
    /// <param name="windows">The windows that are made of the slices.</param>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    SliceStore<TKey, TAccumulator> CreateSliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct;

    /// <summary>Creates a store of sessions and their accumulators by key.</summary>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    SessionStore<TKey, TAccumulator> CreateSessionStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct;

    /// <summary>Creates a store of global windows and their accumulators by key.</summary>
    /// <param name="fork">See <see cref="AccumulatorArray{TAccumulator}"/>.</param>
    CountWindowStore<TKey, TAccumulator> CreateCountWindowStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct;
}

/// <summary>Keeps state as objects in the memory of the process. The default.</summary>
internal sealed class HeapStateBackend : IStateBackend
{
    /// <summary>The one instance: it has no state of its own.</summary>
    public static HeapStateBackend Instance { get; } = new();

    public KeyedStore<TKey> CreateKeyedStore<TKey>(int keyGroups) => new HeapKeyedStore<TKey>(keyGroups);

    public TimerQueue<TKey> CreateTimerQueue<TKey>(string name) => new HeapTimerQueue<TKey>(name);

    public SliceStore<TKey, TAccumulator> CreateSliceStore<TKey, TAccumulator>(AlignedWindows[] windows, Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new HeapSliceStore<TKey, TAccumulator>(windows, fork);

    public SessionStore<TKey, TAccumulator> CreateSessionStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new HeapSessionStore<TKey, TAccumulator>(fork);

    public CountWindowStore<TKey, TAccumulator> CreateCountWindowStore<TKey, TAccumulator>(Func<TAccumulator, TAccumulator> fork)
        where TAccumulator : struct => new HeapCountWindowStore<TKey, TAccumulator>(fork);
}
