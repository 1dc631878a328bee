namespace QueryStream.Streams.Batches;

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
