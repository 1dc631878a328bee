namespace QueryStream.Connectors.Files.Source;

/// <summary>A record in a block of a file.</summary>
/// <param name="Start">Where it begins in the block.</param>
/// <param name="Length">Its length without the line end.</param>
/// <param name="End">The position in the file of its last byte, the line end included.</param>
/// <param name="Line">The number of its first line, from 1.</param>
/// <param name="Problem">Why it is no record: <c>record-too-large</c>, <c>unterminated-quote</c>; null where it is one.</param>
internal readonly record struct RecordPlace(int Start, int Length, long End, long Line, string? Problem);
