using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>Enumerates the windows with changed slices, each once: by kind, then by end.</summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TAccumulator">The accumulator.</typeparam>
/// <param name="kinds">The kinds of window.</param>
internal sealed class ChangedWindows<TKey, TAccumulator>(AlignedWindows[] kinds)
    where TAccumulator : struct
{
    private static readonly Comparison<Slice<TKey, TAccumulator>> ByTime = static (a, b) => a.Start.CompareTo(b.Start);

    private readonly List<Slice<TKey, TAccumulator>> _slices = [];
    private EventTime _begin;
    private EventTime _until;
    private EventTime _after;
    private int _kind;
    private int _slice;

    /// <summary>The slices with changes.</summary>
    public IReadOnlyList<Slice<TKey, TAccumulator>> Slices => _slices;

    /// <summary>Adds a slice that has no changes yet.</summary>
    public void Add(Slice<TKey, TAccumulator> slice) => _slices.Add(slice);

    /// <summary>Removes all slices.</summary>
    public void Clear() => _slices.Clear();

    /// <summary>Begins to walk.</summary>
    /// <param name="after">Windows that end then or earlier are left out.</param>
    /// <param name="until">Windows that end later are left out.</param>
    public void Begin(EventTime after, EventTime until)
    {
        _slices.Sort(ByTime);
        (_begin, _until, _after, _kind, _slice) = (after, until, after, 0, 0);
    }

    /// <summary>Goes to the next window.</summary>
    /// <returns>Whether there is one.</returns>
    public bool TryNext(out int kind, out EventTime end)
    {
        for (; _kind < kinds.Length; _kind++, _slice = 0, _after = _begin)
        {
            if (TryNextOfKind(kinds[_kind], out end))
            {
                kind = _kind;
                _after = end;
                return true;
            }
        }

        (kind, end) = (0, default);
        return false;
    }

    private bool TryNextOfKind(AlignedWindows windows, out EventTime end)
    {
        for (; _slice < _slices.Count; _slice++)
        {
            Slice<TKey, TAccumulator> slice = _slices[_slice];
            end = EventTime.Max(windows.FirstEndAfter(_after), windows.FirstEndAfter(slice.Start));
            if (slice.IsRemoved || end > windows.LastEndOf(slice.Start) || end <= _after)
            {
                continue;
            }

            return end <= _until;
        }

        end = default;
        return false;
    }
}
