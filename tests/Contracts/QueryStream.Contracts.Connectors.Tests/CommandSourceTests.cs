using QueryStream.Samples.CustomConnector;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>The source of samples/CustomConnector, with a command that prints a file.</summary>
public sealed class CommandSourceTests : SourceSuite<string>
{
    private readonly string _path = Path.GetTempFileName();

    protected override int Splits => 1;

    protected override bool CanFollow => false;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        File.Delete(_path);
    }

    protected override Task FillAsync(IReadOnlyList<IReadOnlyList<string?>> splits) =>
        File.AppendAllLinesAsync(_path, splits[0].Select(row => row ?? ""));

    protected override SourceStream<string> Define(StreamBuilder job, bool isBounded) => job.Source("command", new CommandSource($"cat {_path}"));

    protected override string TextOf(string row) => row;
}
