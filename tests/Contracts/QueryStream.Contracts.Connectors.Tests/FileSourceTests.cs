using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>Records of several lines, which cross block boundaries at every possible position.</summary>
public sealed class CsvSourceTests : FileSourceSuite<Line>
{
    protected override RecordFormat<Line> Format => new CsvRecordFormat<Line>();

    protected override string Content(IReadOnlyList<string?> rows) =>
        "value,number\n" + string.Concat(rows.Select(row => row is null ? "\"some\nthing\",none\n" : $"\"{row}\n,\"\"{new string('x', 100)}\",1\n"));

    protected override string TextOf(Line row) => row.Value.Split('\n')[0];
}
