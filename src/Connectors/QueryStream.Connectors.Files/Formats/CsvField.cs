namespace QueryStream.Connectors.Files.Formats;

/// <summary>A field of a CSV record.</summary>
/// <param name="Start">Where its content begins in the record, behind the quote.</param>
/// <param name="Length">The length of its content, before the quote.</param>
/// <param name="IsQuoted">Whether it stands between quotes.</param>
/// <param name="HasQuotes">Whether there are doubled quotes in it.</param>
internal readonly record struct CsvField(int Start, int Length, bool IsQuoted, bool HasQuotes);
