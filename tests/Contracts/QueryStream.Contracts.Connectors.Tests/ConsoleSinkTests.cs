using QueryStream.Connectors.Terminal;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Contracts.Connectors.Tests;

public sealed class ConsoleSinkTests : SinkSuite<string>
{
    private readonly StringWriter _console = new();
    private readonly TextWriter _output;

    public ConsoleSinkTests() => _output = TextWriter.Synchronized(_console);

    protected override void Define(Stream<string> rows) => rows.Print(output: _output);

    protected override string RowOf(string text) => text;

    protected override Task<IReadOnlyList<string>> ReadBackAsync() => Task.FromResult<IReadOnlyList<string>>(
        [
            .. _console.ToString()
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line[(line.IndexOf("> ", StringComparison.Ordinal) is >= 0 and int end ? end + 2 : 0)..])
        ]);
}
