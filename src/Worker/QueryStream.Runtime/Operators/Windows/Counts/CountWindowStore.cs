using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;

namespace QueryStream.Runtime.Operators.Windows.Counts;

/// <summary>
/// The global windows of all keys of one operator of one subtask, with an accumulator each. A key with a window has a slot. Slots and references are
/// valid until a window is removed, or until <see cref="Release"/>. Used in turns of one task.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal abstract class CountWindowStore<TKey, TAccumulator>
    where TAccumulator : struct
{
    /// <summary>Whether there is no window.</summary>
    public abstract bool IsEmpty { get; }

    /// <summary>The slot of any window; there must be one.</summary>
    public abstract int Any();

    /// <summary>The slot of a key; -1 if it has no window.</summary>
    public abstract int Find(in TKey key, ulong hash);

    /// <summary>The slot of a key, whose window is <see cref="CountInfo.Empty"/> if it is new.</summary>
    public abstract int FindOrAdd(in TKey key, ulong hash);

    /// <summary>The slots of all rows of a batch, as <see cref="FindOrAdd(in TKey, ulong)"/> has that of one, in one virtual call.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="keyOf">The key of a row.</param>
    /// <param name="slots">Gets the slot of each row.</param>
    public abstract void FindOrAdd<T>(ReadOnlySpan<T> rows, Func<T, TKey> keyOf, Span<int> slots);

    /// <summary>The key of a slot.</summary>
    public abstract ref readonly TKey KeyOf(int slot);

    /// <summary>A window, to be changed.</summary>
    public abstract ref CountInfo ForWrite(int slot);

    /// <summary>The windows of rows, to be changed.</summary>
    /// <param name="slots">The slot of each row.</param>
    public abstract PagedElements<CountInfo> ForWrite(ReadOnlySpan<int> slots);

    /// <summary>The accumulator of a window, to be read.</summary>
    public abstract ref readonly TAccumulator AccumulatorOf(int slot);

    /// <summary>The accumulator of a window, to be changed with its objects.</summary>
    public abstract ref TAccumulator AccumulatorForUpdate(int slot);

    /// <summary>The accumulators of rows, to be changed with their objects.</summary>
    /// <param name="slots">The slot of each row.</param>
    public abstract PagedElements<TAccumulator> AccumulatorsForUpdate(ReadOnlySpan<int> slots);

    /// <summary>Replaces the accumulator of a window; its objects belong to the store from now on.</summary>
    public abstract void SetAccumulator(int slot, in TAccumulator accumulator);

    /// <summary>Removes those of some windows that are empty. Other windows may get their slots.</summary>
    public abstract void RemoveEmpty(List<int> slots);

    /// <summary>Ends a batch: the store may write changes back, and slots and references are no longer valid.</summary>
    public abstract void Release();

    /// <summary>Adds the windows of this moment to a capture.</summary>
    /// <returns>The windows, each with the hash of its key.</returns>
    public abstract IEnumerable<(ulong Hash, TKey Key, CountInfo Window, TAccumulator Accumulator)> Capture(StateCapture capture);
}

/// <summary>The window of a key, without its accumulator.</summary>
internal struct CountInfo
{
    /// <summary>A window without rows.</summary>
    public static readonly CountInfo Empty = new() { First = EventTime.MaxValue, Last = EventTime.MinValue };

    /// <summary>The number of rows of a window whose result is due, until its batch is added.</summary>
    public const long Due = long.MaxValue;

    /// <summary>Rows since the last result.</summary>
    public long Rows;

    /// <summary>The earliest time of a row of the window.</summary>
    public EventTime First;

    /// <summary>The latest time of a row of the window.</summary>
    public EventTime Last;

    /// <summary>Whether the window has had no row.</summary>
    public readonly bool IsEmpty => First > Last;

    /// <summary>Adds a row.</summary>
    public void Add(EventTime time)
    {
        (First, Last) = (EventTime.Min(First, time), EventTime.Max(Last, time));
        Rows++;
    }
}
