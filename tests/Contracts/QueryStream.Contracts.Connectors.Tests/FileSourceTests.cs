using QueryStream.Core.Texts;
using QueryStream.Streams;
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

public sealed class PackedCsvSourceTests : FileSourceSuite<Line>
{
    protected override string Extension => ".csv.gz";

    protected override RecordFormat<Line> Format => new CsvRecordFormat<Line>(new CsvOptions { HasHeader = false, Separator = ';' });

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => row is null ? "1\n" : $"1;{row}\n"));

    protected override string TextOf(Line row) => row.Value;
}

public sealed class JsonLinesSourceTests : FileSourceSuite<Line>
{
    protected override RecordFormat<Line> Format => new JsonRecordFormat<Line>();

    protected override string Content(IReadOnlyList<string?> rows) =>
        string.Join("\r\n", rows.Select(row => row is null ? "{\"number\":\"none\"}" : $"{{\"number\":1,\"value\":\"{row}\"}}"));

    protected override string TextOf(Line row) => row.Value;
}

public sealed class LinesSourceTests : FileSourceSuite<Text>
{
    // Only invalid UTF-8 is rejected.
    protected override bool CanRefuse => false;

    protected override RecordFormat<Text> Format => new TextRecordFormat();

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => $"{row}\n"));

    protected override string TextOf(Text row) => row.ToString();
}

/// <summary>A text as a record.</summary>
/// <param name="Number">A number that every row has.</param>
/// <param name="Value">The text.</param>
[StreamRecord]
public sealed record Line(int Number, string Value);
