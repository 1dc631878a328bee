namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>A table of a report, before it is known how it is written.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Columns">Its columns; those of numbers begin with an exclamation mark, as in <see cref="TextTable"/>.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record ReportTable(string Title, string[] Columns, IReadOnlyList<string[]> Rows);
