namespace QueryStream.Streams.Batches;

/// <summary>
/// Where the rows of a batch come from, so that an error can name the record. Costs nothing a row: the source notes runs of positions; an operator
/// that makes one row of each takes them over as they are, one that drops rows says which are left, and all others know only a range for each
/// split. Belongs to its batch and, like its rows, is written until the batch is handed on.
/// </summary>
public sealed class BatchOrigin
{
    // More of them cost more to hand on than they are worth.
    private const int MostRuns = 64;
    private const int MostRanges = 4;

    private OriginRun[] _runs = [];
    private int _count;

    // By row, its number among the rows that the runs tell of.
    private ushort[] _chosen = [];
    private int _chosenCount;

    /// <summary>The runs, in the order of the rows where the position of each row is known.</summary>
    public ReadOnlySpan<OriginRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>By row, its number among the rows that the runs tell of; empty where these are the rows.</summary>
    public ReadOnlySpan<ushort> Chosen => _chosen.AsSpan(0, _chosenCount);

    /// <summary>Whether only ranges are known, in which the records lie.</summary>
    public bool IsRange { get; private set; }

    /// <summary>Whether there are more ranges than are told.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The record of a row, where it is known exactly: its first position is then its last.</summary>
    public OriginRun? At(int row)
    {
        if (IsRange)
        {
            return _count == 1 && !HasMore && _runs[0].First == _runs[0].Last ? _runs[0] : null;
        }

        int left = _chosenCount > 0 ? _chosen[row] : row;
        foreach (ref readonly OriginRun run in Runs)
        {
            if (left < run.Rows)
            {
                long at = run.First + (run.Rows == 1 ? 0 : (run.Last - run.First) / (run.Rows - 1) * left);
                return run with { Rows = 1, First = at, Last = at };
            }

            left -= run.Rows;
        }

        return null;
    }

    /// <summary>For people: all that is known of where the rows come from; empty where nothing is.</summary>
    public override string ToString()
    {
        if (_count == 0)
        {
            return "";
        }

        BatchOrigin ranges = new();
        ranges.Widen(this);
        return string.Join(" or ", ranges.Runs.ToArray()) + (ranges.HasMore ? " or others" : "");
    }

    /// <summary>Notes that the next rows come from records at even distances. Called by sources and codecs.</summary>
    public void Add(in OriginRun run)
    {
        if (_count == MostRuns && !IsRange)
        {
            ToRanges();
        }

        if (IsRange)
        {
            AddRange(run);
        }
        else
        {
            Append(run);
        }
    }

    /// <summary>Sets the names of the splits from their indexes. Called by the engine.</summary>
    public void Name(IReadOnlyList<string> splits)
    {
        foreach (ref OriginRun run in _runs.AsSpan(0, _count))
        {
            run = run with { Split = splits[run.Index] };
        }
    }

    /// <summary>Says that each row comes from the row with the same number of another batch.</summary>
    public void CopyFrom(BatchOrigin other)
    {
        Clear();
        if (other._count == 0)
        {
            return;
        }

        if (_runs.Length < other._count)
        {
            _runs = new OriginRun[other._runs.Length];
        }

        other.Runs.CopyTo(_runs);
        (_count, IsRange, HasMore) = (other._count, other.IsRange, other.HasMore);
        if (other._chosenCount > 0)
        {
            other.Chosen.CopyTo(RoomForChosen());
            _chosenCount = other._chosenCount;
        }
    }

    /// <summary>Where to write, by row, from which row of another batch it comes; <see cref="Choose"/> then takes it over.</summary>
    public Span<ushort> RoomForChosen()
    {
        if (_chosen.Length == 0)
        {
            _chosen = new ushort[Batch.MaxRows];
        }

        return _chosen;
    }

    /// <summary>Says that each row comes from that row of another batch whose number was written to <see cref="RoomForChosen"/>.</summary>
    /// <param name="other">The origin of the other batch.</param>
    /// <param name="count">The number of rows of this one.</param>
    public void Choose(BatchOrigin other, int count)
    {
        Clear();
        if (other._count == 0)
        {
            return;
        }

        if (other._chosenCount > 0)
        {
            foreach (ref ushort row in _chosen.AsSpan(0, count))
            {
                row = other._chosen[row];
            }
        }

        if (_runs.Length < other._count)
        {
            _runs = new OriginRun[other._runs.Length];
        }

        other.Runs.CopyTo(_runs);
        (_count, IsRange, HasMore, _chosenCount) = (other._count, other.IsRange, other.HasMore, other.IsRange ? 0 : count);
    }

    /// <summary>Says that some rows come from somewhere in another batch.</summary>
    public void Widen(BatchOrigin other)
    {
        if (!IsRange)
        {
            ToRanges();
        }

        HasMore |= other.HasMore || other._count == 0;
        foreach (ref readonly OriginRun run in other.Runs)
        {
            AddRange(run);
        }
    }

    /// <summary>Says that some row comes from a record.</summary>
    /// <param name="record">The record; null where it is not known.</param>
    public void Widen(OriginRun? record)
    {
        if (!IsRange)
        {
            ToRanges();
        }

        if (record is { } known)
        {
            AddRange(known);
        }
        else
        {
            HasMore = true;
        }
    }

    /// <summary>Takes over what a codec has read.</summary>
    /// <param name="isRange">Whether the runs are ranges.</param>
    /// <param name="hasMore">Whether there were more of them.</param>
    /// <param name="chosen">The number of rows that were written to <see cref="RoomForChosen"/>.</param>
    public void Complete(bool isRange, bool hasMore, int chosen) => (IsRange, HasMore, _chosenCount) = (isRange, hasMore, chosen);

    /// <summary>Knows nothing again.</summary>
    public void Clear() => (_count, _chosenCount, IsRange, HasMore) = (0, 0, false, false);

    private void ToRanges()
    {
        (int count, _count, _chosenCount, IsRange) = (_count, 0, 0, true);
        for (int i = 0; i < count; i++)
        {
            // Never overwrites one that is still to be read: there are fewer ranges than runs.
            AddRange(_runs[i]);
        }
    }

    private void AddRange(in OriginRun run)
    {
        OriginRun added = run;
        for (int i = 0; i < _count; i++)
        {
            ref OriginRun range = ref _runs[i];
            if (range.Index == added.Index && range.IsLine == added.IsLine && string.Equals(range.Split, added.Split, StringComparison.Ordinal))
            {
                range = range with { First = Math.Min(range.First, added.First), Last = Math.Max(range.Last, added.Last) };
                return;
            }
        }

        if (_count == MostRanges)
        {
            HasMore = true;
            return;
        }

        Append(added with { Rows = 0 });
    }

    private void Append(in OriginRun run)
    {
        if (_count == _runs.Length)
        {
            Array.Resize(ref _runs, Math.Max(4, _count * 2));
        }

        _runs[_count++] = run;
    }
}

/// <summary>Records of one split that rows of a batch come from.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Index">The split's index in its subtask of the source.</param>
/// <param name="Rows">How many rows come from them, at even distances; 0: the records lie somewhere between the two.</param>
/// <param name="First">The position of the first record.</param>
/// <param name="Last">The position of the last one.</param>
/// <param name="IsLine">Whether positions are lines of a file, else they are offsets.</param>
public readonly record struct OriginRun(string Split, int Index, int Rows, long First, long Last, bool IsLine)
{
    /// <summary>For people: <c>offset 17 of split user-queries-2</c>, <c>lines 3 to 80 of names.csv</c>.</summary>
    public override string ToString() => (IsLine, First == Last) switch
    {
        (true, true) => $"line {First} of {Split}",
        (true, false) => $"lines {First} to {Last} of {Split}",
        (false, true) => $"offset {First} of split {Split}",
        (false, false) => $"offsets {First} to {Last} of split {Split}",
    };
}
