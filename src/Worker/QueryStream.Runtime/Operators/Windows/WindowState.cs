using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows;

/// <summary>All keys of one window with their accumulators, which fire and go together. Used by one thread.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
internal sealed class WindowState<TKey, TAccumulator>
    where TAccumulator : struct
{
    private readonly List<int> _changed = [];
    private TAccumulator[] _accumulators = [];
    private GroupFlags[] _flags = [];

    /// <summary>The window's end.</summary>
    public EventTime End { get; set; }

    /// <summary>Whether the window has closed and given its results.</summary>
    public bool HasFired { get; set; }

    /// <summary>The keys.</summary>
    public GroupTable<TKey> Groups { get; } = new();

    /// <summary>The accumulators, by number of the key.</summary>
    public TAccumulator[] Accumulators => _accumulators;

    /// <summary>Keys whose result differs from the one given last, by number; noted only where somebody asked for it.</summary>
    public List<int> Changed => _changed;

    /// <summary>The number of a key, whose accumulator is there, and empty if the key is new.</summary>
    public int FindOrAdd(in TKey key, ulong hash)
    {
        int group = Groups.FindOrAdd(key, hash);
        if (group >= _accumulators.Length)
        {
            Array.Resize(ref _accumulators, Groups.Capacity);
            Array.Resize(ref _flags, Groups.Capacity);
        }

        return group;
    }

    /// <summary>Notes that a key's result has changed.</summary>
    public void MarkChanged(int group)
    {
        if ((_flags[group] & GroupFlags.Changed) == 0)
        {
            _flags[group] |= GroupFlags.Changed;
            _changed.Add(group);
        }
    }

    /// <summary>Forgets which keys have changed.</summary>
    public void ClearChanged()
    {
        foreach (int group in _changed)
        {
            _flags[group] &= ~GroupFlags.Changed;
        }

        _changed.Clear();
    }

    /// <summary>Notes that a key has given a final result.</summary>
    /// <returns>Whether it is the first.</returns>
    public bool Close(int group)
    {
        bool isFirst = (_flags[group] & GroupFlags.Closed) == 0;
        _flags[group] |= GroupFlags.Closed;
        return isFirst;
    }

    /// <summary>Makes the state fit for another window.</summary>
    public void Clear()
    {
        // Accumulators must be empty for new keys, and must not keep alive what they refer to.
        Array.Clear(_accumulators, 0, Math.Min(Groups.Count, _accumulators.Length));
        Array.Clear(_flags, 0, Math.Min(Groups.Count, _flags.Length));
        Groups.Clear();
        _changed.Clear();
        HasFired = false;
    }

    [Flags]
    private enum GroupFlags : byte
    {
        None = 0,
        Changed = 1,
        Closed = 2,
    }
}
