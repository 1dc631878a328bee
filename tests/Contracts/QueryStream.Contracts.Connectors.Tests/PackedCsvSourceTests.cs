using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class PackedCsvSourceTests : FileSourceSuite<Line>
{
    protected override string Extension => ".csv.gz";

    protected override RecordFormat<Line> Format => new CsvRecordFormat<Line>(new CsvOptions { HasHeader = false, Separator = ';' });

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => row is null ? "1\n" : $"1;{row}\n"));

    protected override string TextOf(Line row) => row.Value;
}
