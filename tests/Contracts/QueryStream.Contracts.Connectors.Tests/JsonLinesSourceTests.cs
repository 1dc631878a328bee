using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class JsonLinesSourceTests : FileSourceSuite<Line>
{
    protected override RecordFormat<Line> Format => new JsonRecordFormat<Line>();

    protected override string Content(IReadOnlyList<string?> rows) =>
        string.Join("\r\n", rows.Select(row => row is null ? "{\"number\":\"none\"}" : $"{{\"number\":1,\"value\":\"{row}\"}}"));

    protected override string TextOf(Line row) => row.Value;
}
