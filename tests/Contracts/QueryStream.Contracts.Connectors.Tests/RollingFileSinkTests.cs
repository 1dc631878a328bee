using System.Globalization;
using QueryStream.Connectors.Files;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>Uses small files, so that many are completed.</summary>
public sealed class RollingFileSinkTests : SinkSuite<Line>
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-contract-");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected override void Define(Stream<Line> rows) =>
        rows.ToFiles("files", new FileSinkOptions { Folder = Path.Combine(_folder.FullName, "new"), RollBytes = 10_000 }).Csv();

    protected override Line RowOf(string text) => new(1, text);

    protected override async Task<IReadOnlyList<string>> ReadBackAsync()
    {
        List<string> rows = [];
        foreach (string path in Directory.GetFiles(Path.Combine(_folder.FullName, "new"), "part-*").Order(StringComparer.Ordinal))
        {
            string[] lines = await File.ReadAllLinesAsync(path);
            Assert.Equal("number,value", lines[0]);
            rows.AddRange(lines.Skip(1).Select(line => line.Split(',')[1]));
            Assert.True(int.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[^1], CultureInfo.InvariantCulture) > 0);
        }

        return rows;
    }
}
