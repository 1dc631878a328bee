using QueryStream.Core.Texts;
using QueryStream.Streams.Formats;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class LinesSourceTests : FileSourceSuite<Text>
{
    // Only invalid UTF-8 is rejected.
    protected override bool CanRefuse => false;

    protected override RecordFormat<Text> Format => new TextRecordFormat();

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => $"{row}\n"));

    protected override string TextOf(Text row) => row.ToString();
}
