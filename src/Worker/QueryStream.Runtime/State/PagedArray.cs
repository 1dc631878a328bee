using System.Runtime.CompilerServices;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Runtime.State;

/// <summary>
/// An array in pages that captures share: freezing it costs nothing, and a page is copied when it is first changed after that, as long as the capture
/// is in flight (<see cref="CaptureVersions"/>). It grows by pages, without copying. A mutable struct, so never copied. Used in turns of one task.
/// </summary>
/// <typeparam name="T">The elements.</typeparam>
internal struct PagedArray<T>
{
    /// <summary>The number of elements in a page. Small, since changing one element may copy the page.</summary>
    public const int PageSize = 1 << PageBits;

    private const int PageBits = 6;
    private const int FirstSize = 4;

    private T[][] _pages = [];
    private Page[] _info = [];
    private long _directoryVersion;
    private int _count;

    public PagedArray()
    {
    }

    /// <summary>The number of allocated elements.</summary>
    public int Capacity { get; private set; }

    /// <summary>The pages, for loops over elements that may be changed already.</summary>
    public readonly T[][] Pages => _pages;

    /// <summary>An element, to be read.</summary>
    public readonly ref readonly T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pages[index >> PageBits][index & (PageSize - 1)];
    }

    /// <summary>Consecutive elements from an index on, in one page and below a limit, to be read. At least one.</summary>
    public readonly ReadOnlySpan<T> Run(int first, int limit) => OwnRun(first, limit);

    /// <summary>As <see cref="Run"/>, to be changed: elements that <see cref="ForUpdate"/> has returned since the newest capture began.</summary>
    public readonly Span<T> OwnRun(int first, int limit)
    {
        T[] page = _pages[first >> PageBits];
        int start = first & (PageSize - 1);
        return page.AsSpan(start, Math.Min(page.Length - start, limit - first));
    }

    /// <summary>An element of some pages.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref T At(T[][] pages, int index) => ref pages[index >> PageBits][index & (PageSize - 1)];

    /// <summary>An element, to be changed. What it refers to may be shared with a capture: see <see cref="ForUpdate"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T ForWrite(int index, CaptureVersions versions)
    {
        if (versions.Newest != 0)
        {
            Unshare(index >> PageBits, versions);
        }

        return ref _pages[index >> PageBits][index & (PageSize - 1)];
    }

    /// <summary>An element, to be changed together with the objects that it refers to.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="versions">The captures.</param>
    /// <param name="isShared">Whether a capture may hold the same objects, so that the caller must copy them. True once for each capture.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T ForUpdate(int index, CaptureVersions versions, out bool isShared)
    {
        isShared = false;
        if (versions.Newest != 0)
        {
            Unshare(index >> PageBits, versions);
            isShared = RuntimeHelpers.IsReferenceOrContainsReferences<T>() && _info[index >> PageBits].Own(index & (PageSize - 1));
        }

        return ref _pages[index >> PageBits][index & (PageSize - 1)];
    }

    /// <summary>Makes room for elements, which are <c>default</c>.</summary>
    public void EnsureCapacity(int count, CaptureVersions versions)
    {
        while (Capacity < count)
        {
            if (Capacity < PageSize)
            {
                GrowFirst(Math.Min(PageSize, Math.Max(count, Math.Max(FirstSize, Capacity * 2))), versions);
            }
            else
            {
                AddPage(new T[PageSize], versions);
                Capacity += PageSize;
            }
        }
    }

    /// <summary>The elements of this moment, for a capture in flight.</summary>
    public readonly FrozenArray<T> Freeze() => new(_pages);

    /// <summary>Makes the first elements <c>default</c>. Keeps the room, unless a capture needs the pages.</summary>
    public void Clear(int count, CaptureVersions versions)
    {
        if (versions.AnyInFlight)
        {
            this = new PagedArray<T>();
            return;
        }

        for (int page = 0; page << PageBits < count; page++)
        {
            Array.Clear(_pages[page]);
        }
    }

    private void GrowFirst(int size, CaptureVersions versions)
    {
        T[] grown = new T[size];
        if (_count == 0)
        {
            AddPage(grown, versions);
        }
        else
        {
            _pages[0].CopyTo(grown, 0);
            Replace(0, grown, versions);
        }

        Capacity = size;
    }

    // Captures do not read the directory beyond its length when they began, so it may be shared with them.
    private void AddPage(T[] page, CaptureVersions versions)
    {
        if (_count == _pages.Length)
        {
            int length = _count < 4 ? _count + 1 : _count * 2;
            Array.Resize(ref _pages, length);
            Array.Resize(ref _info, length);
            _directoryVersion = versions.Current;
        }

        _pages[_count] = page;
        _info[_count++] = new Page { Version = versions.Current };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Unshare(int page, CaptureVersions versions)
    {
        if (_info[page].Version < versions.Newest)
        {
            versions.CountCopy();
            Replace(page, [.. _pages[page]], versions);
        }
    }

    private void Replace(int page, T[] copy, CaptureVersions versions)
    {
        if (_directoryVersion < versions.Newest)
        {
            versions.CountCopy();
            _pages = [.. _pages];
            _info = [.. _info];
            _directoryVersion = versions.Current;
        }

        if (_info[page].Version < versions.Newest)
        {
            _info[page].Owned = 0;
        }

        _pages[page] = copy;
        _info[page].Version = versions.Current;
    }

    private struct Page
    {
        public long Version;

        // By element, if elements hold references: whether no capture holds the same objects.
        public ulong Owned;

        // Returns whether it was shared.
        public bool Own(int element)
        {
            ulong bit = 1UL << element;
            bool wasShared = (Owned & bit) == 0;
            Owned |= bit;
            return wasShared;
        }
    }
}

/// <summary>The elements of a <see cref="PagedArray{T}"/> at the moment of a capture. Safe on any thread until the capture is released.</summary>
/// <typeparam name="T">The elements.</typeparam>
/// <param name="pages">Its pages.</param>
internal readonly struct FrozenArray<T>(T[][] pages)
{
    private readonly T[][] _pages = pages;

    /// <summary>An element that existed at the capture.</summary>
    public ref readonly T this[int index] => ref PagedArray<T>.At(_pages, index);
}

/// <summary>Elements in pages, found by a slot for each row. Valid until the array grows or a capture begins.</summary>
/// <typeparam name="T">The elements.</typeparam>
/// <param name="pages">The pages.</param>
/// <param name="slots">The slot of each row's element.</param>
internal readonly ref struct PagedElements<T>(T[][] pages, ReadOnlySpan<int> slots) : IAccumulators<T>
    where T : struct
{
    private readonly T[][] _pages = pages;
    private readonly ReadOnlySpan<int> _slots = slots;

    /// <inheritdoc/>
    public ref T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref PagedArray<T>.At(_pages, _slots[row]);
    }
}
