using QueryStream.Connectors.Files;
using QueryStream.Core.Texts;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class LinesSourceTests : FileSourceSuite<Text>
{
    // Only what is not UTF-8 is no line.
    protected override bool CanRefuse => false;

    protected override FileFormat<Text> Format => FileFormat.Lines;

    protected override string Content(IReadOnlyList<string?> rows) => string.Concat(rows.Select(row => $"{row}\n"));

    protected override string TextOf(Text row) => row.ToString();
}
