using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tasks;

/// <summary>Says which record a row is, as far as its batch knows.</summary>
internal static class RowPosition
{
    /// <summary>For people: the offset where the batch holds one run of offsets without gaps, else the row's place in its batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="row">The row's index.</param>
    /// <param name="splits">The names of the splits, where the task knows them.</param>
    public static string Describe(Batch batch, int row, IReadOnlyList<string> splits)
    {
        BatchHeader header = batch.Header;
        if (header.Split < 0)
        {
            return $"at row {row + 1} of {batch.Count} of a batch whose rows come from several places";
        }

        string split = header.Split < splits.Count ? $"split {splits[header.Split]}" : $"split {header.Split} of its source";
        return OffsetOf(batch, row) is { } offset
            ? $"at offset {offset} of {split}"
            : $"at row {row + 1} of {batch.Count} of a batch of {split}, offsets {header.FirstOffset} to {header.LastOffset}";
    }

    /// <summary>The row's offset; null where the batch's rows are not all those between two offsets.</summary>
    public static long? OffsetOf(Batch batch, int row)
    {
        BatchHeader header = batch.Header;
        return header.Split >= 0 && header.FirstOffset >= 0 && header.LastOffset - header.FirstOffset + 1 == batch.Count
            ? header.FirstOffset + row
            : null;
    }
}
