using System.Runtime.CompilerServices;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.State;

/// <summary>
/// Accumulators by slot, in pages that captures share. The objects that an accumulator refers to are forked when it is first changed after a capture.
/// A mutable struct, so never copied. Used in turns of one task.
/// </summary>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="versions">The captures.</param>
/// <param name="fork">See <see cref="Aggregate{TIn,TAccumulator,TOut}.Fork"/>.</param>
internal struct AccumulatorArray<TAccumulator>(CaptureVersions versions, Func<TAccumulator, TAccumulator> fork)
    where TAccumulator : struct
{
    private PagedArray<TAccumulator> _pages = new();

    /// <summary>The number of allocated slots.</summary>
    public readonly int Capacity => _pages.Capacity;

    /// <summary>An accumulator, to be read.</summary>
    public readonly ref readonly TAccumulator this[int slot] => ref _pages[slot];

    /// <summary>Makes room for slots, whose accumulators are empty.</summary>
    public void EnsureCapacity(int slots)
    {
        if (_pages.Capacity < slots)
        {
            _pages.EnsureCapacity(slots, versions);
        }
    }

    /// <summary>Consecutive accumulators from a slot on, in one page and below a limit.</summary>
    public readonly ReadOnlySpan<TAccumulator> From(int first, int limit) => _pages.Run(first, limit);

    /// <summary>An accumulator, to be changed with its objects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TAccumulator ForUpdate(int slot)
    {
        if (versions.Newest != 0)
        {
            Unshare(slot);
        }

        return ref PagedArray<TAccumulator>.At(_pages.Pages, slot);
    }

    /// <summary>Consecutive accumulators from a slot on, in one page and below a limit, to be changed with their objects.</summary>
    public Span<TAccumulator> ForUpdate(int first, int limit)
    {
        ReadOnlySpan<TAccumulator> run = _pages.Run(first, limit);
        if (versions.AnyInFlight)
        {
            for (int i = 0; i < run.Length; i++)
            {
                Unshare(first + i);
            }
        }

        return _pages.OwnRun(first, limit);
    }

    /// <summary>
    /// The accumulators of the rows of a batch, to be changed with their objects. Without captures in flight this costs nothing per row.
    /// </summary>
    /// <param name="slots">The slot of each row's accumulator.</param>
    public PagedElements<TAccumulator> ForUpdate(ReadOnlySpan<int> slots)
    {
        if (versions.AnyInFlight)
        {
            foreach (int slot in slots)
            {
                ForUpdate(slot);
            }
        }

        return new PagedElements<TAccumulator>(_pages.Pages, slots);
    }

    /// <summary>Replaces the accumulator of a slot. Its objects must not be shared.</summary>
    public void Set(int slot, in TAccumulator accumulator) => _pages.ForUpdate(slot, versions, out _) = accumulator;

    /// <summary>Empties the first accumulators. Keeps the memory, unless a capture needs the pages.</summary>
    public void Clear(int count) => _pages.Clear(count, versions);

    /// <summary>The accumulators of this moment, for a capture in flight.</summary>
    public readonly FrozenArray<TAccumulator> Freeze() => _pages.Freeze();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Unshare(int slot)
    {
        ref TAccumulator accumulator = ref _pages.ForUpdate(slot, versions, out bool isShared);
        if (isShared)
        {
            versions.CountCopy();
            accumulator = fork(accumulator);
        }
    }
}
