using QueryStream.Connectors.Files;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class PackedCsvSourceTests : FileSourceSuite<Line>
{
    protected override string Extension => ".csv.gz";

    protected override FileFormat<Line> Format => FileFormat.Csv<Line>(new CsvOptions { HasHeader = false, Separator = ';' });

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => row is null ? "1\n" : $"1;{row}\n"));

    protected override string TextOf(Line row) => row.Value;
}
