namespace QueryStream.Streams.Batches;

/// <summary>
/// The records that the rows of a batch come from, so that an error can name the record. It costs nothing per row: the source stores runs of
/// positions; an operator with one output row for each input row copies them, a filter stores a selection, and all other operators keep only a range
/// for each split. Belongs to its batch, and is immutable like its rows once the batch is emitted.
/// </summary>
public sealed class BatchOrigin
{
    // Copying more of them costs more than it helps.
    private const int MaxRuns = 64;
    private const int MaxRanges = 4;

    private OriginRun[] _runs = [];
    private int _count;

    // The selection: for each row, its index in the rows that the runs describe.
    private ushort[] _chosen = [];
    private int _chosenCount;

    /// <summary>The runs, in the order of the rows if the position of each row is known.</summary>
    public ReadOnlySpan<OriginRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>The selection: for each row, its index in the rows that the runs describe; empty if all of them are selected.</summary>
    public ReadOnlySpan<ushort> Chosen => _chosen.AsSpan(0, _chosenCount);

    /// <summary>Whether only the ranges are known that contain the records.</summary>
    public bool IsRange { get; private set; }

    /// <summary>Whether there are more ranges than the stored ones.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The record of a row if it is known exactly (<see cref="OriginRun.First"/> is then <see cref="OriginRun.Last"/>), else null.</summary>
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

    /// <summary>The origin in text form, for errors; empty if nothing is known.</summary>
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

    /// <summary>Adds a run: the next rows come from records at equal distances. Called by sources and codecs.</summary>
    public void Add(in OriginRun run)
    {
        if (_count == MaxRuns && !IsRange)
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

    /// <summary>Declares that each row comes from the row with the same index in another batch.</summary>
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

    /// <summary>A buffer for the selection, which <see cref="Choose"/> then uses: for each row, the index of its row in another batch.</summary>
    public Span<ushort> RoomForChosen()
    {
        if (_chosen.Length == 0)
        {
            _chosen = new ushort[Batch.MaxRows];
        }

        return _chosen;
    }

    /// <summary>Declares that each row comes from the row of another batch whose index was written to <see cref="RoomForChosen"/>.</summary>
    /// <param name="other">The origin of the other batch.</param>
    /// <param name="count">The number of rows in this batch.</param>
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

    /// <summary>Declares that some rows come from any rows of another batch.</summary>
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

    /// <summary>Declares that some row comes from a record.</summary>
    /// <param name="record">The record; null if it is not known.</param>
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

    /// <summary>Sets what a codec has decoded.</summary>
    /// <param name="isRange">Whether the runs are ranges.</param>
    /// <param name="hasMore">Whether there are more ranges.</param>
    /// <param name="chosen">The number of indexes written to <see cref="RoomForChosen"/>.</param>
    public void Complete(bool isRange, bool hasMore, int chosen) => (IsRange, HasMore, _chosenCount) = (isRange, hasMore, chosen);

    /// <summary>Removes everything.</summary>
    public void Clear() => (_count, _chosenCount, IsRange, HasMore) = (0, 0, false, false);

    private void ToRanges()
    {
        (int count, _count, _chosenCount, IsRange) = (_count, 0, 0, true);
        for (int i = 0; i < count; i++)
        {
            // Does not overwrite an unread run, since there are fewer ranges than runs.
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

        if (_count == MaxRanges)
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

/// <summary>Records of one split that some rows of a batch come from.</summary>
/// <param name="Split">The split's name.</param>
/// <param name="Index">The split's index in its subtask of the source.</param>
/// <param name="Rows">The number of rows, from records at equal distances; 0: the records are anywhere in the range.</param>
/// <param name="First">The position of the first record.</param>
/// <param name="Last">The position of the last record.</param>
/// <param name="IsLine">Whether the positions are line numbers instead of offsets.</param>
public readonly record struct OriginRun(string Split, int Index, int Rows, long First, long Last, bool IsLine)
{
    /// <summary>The text in errors: <c>offset 17 of split user-queries-2</c>, <c>lines 3 to 80 of names.csv</c>.</summary>
    public override string ToString() => (IsLine, First == Last) switch
    {
        (true, true) => $"line {First} of {Split}",
        (true, false) => $"lines {First} to {Last} of {Split}",
        (false, true) => $"offset {First} of split {Split}",
        (false, false) => $"offsets {First} to {Last} of split {Split}",
    };
}
