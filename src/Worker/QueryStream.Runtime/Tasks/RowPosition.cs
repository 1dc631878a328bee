using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>Says which record a row is, as far as its batch knows.</summary>
/// <param name="Header">The batch's.</param>
/// <param name="Row">The row's index.</param>
/// <param name="Count">The number of rows of the batch; 0: there is no batch.</param>
internal readonly record struct RowPosition(BatchHeader Header, int Row, int Count)
{
    /// <summary>Of a row that was brought by a snapshot.</summary>
    public static readonly RowPosition Restored = new(BatchHeader.None, 0, 0);

    /// <summary>The row's split, by its index in the source; -1 where that is not known.</summary>
    public int Split => Header.Split;

    /// <summary>The row's offset; -1 where the batch's rows are not all those between two offsets.</summary>
    public long Offset => Header.Split >= 0 && Header.FirstOffset >= 0 && Header.LastOffset - Header.FirstOffset + 1 == Count ? Header.FirstOffset + Row : -1;

    /// <summary>Of a row of a batch.</summary>
    public static RowPosition Of(Batch batch, int row) => new(batch.Header, row, batch.Count);

    /// <summary>For people: the offset where the batch holds one run of offsets without gaps, else the row's place in its batch.</summary>
    /// <param name="splits">The names of the splits, where the task knows them.</param>
    public string Describe(IReadOnlyList<string> splits)
    {
        if (Count == 0)
        {
            return "of a row that was restored from a snapshot";
        }

        if (Split < 0)
        {
            return $"at row {Row + 1} of {Count} of a batch whose rows come from several places";
        }

        string split = Split < splits.Count ? $"split {splits[Split]}" : $"split {Split} of its source";
        return Offset >= 0
            ? $"at offset {Offset} of {split}"
            : $"at row {Row + 1} of {Count} of a batch of {split}, {DescribeOffsets()}";
    }

    // A source may end a split with an offset that no record has, such as "all of the file".
    private string DescribeOffsets() => Header.LastOffset >= long.MaxValue - 1
        ? $"from offset {Header.FirstOffset} to its end"
        : $"offsets {Header.FirstOffset} to {Header.LastOffset}";
}
