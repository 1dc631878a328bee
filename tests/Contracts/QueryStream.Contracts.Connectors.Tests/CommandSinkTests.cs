using QueryStream.Samples.CustomConnector;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>The sink of samples/CustomConnector, with commands that each write a file.</summary>
#region sink-contract
public sealed class CommandSinkTests : SinkSuite<string>
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-contract-");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected override void Define(Stream<string> rows) => rows.To("command", new CommandSink($"cat > {_folder.FullName}/$$"));

    protected override string RowOf(string text) => text;

    protected override Task<IReadOnlyList<string>> ReadBackAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. _folder.GetFiles().SelectMany(file => File.ReadAllLines(file.FullName))]);
}
#endregion
