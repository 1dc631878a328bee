using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.TestKit.Contracts;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>The two-phase sink of the test kit, which checks the suite's rules for such sinks.</summary>
public sealed class TransactionalSinkTests : SinkSuite<Text>
{
    private readonly TransactionalSink<Text> _sink = new();

    protected override void Define(Stream<Text> rows) => rows.To("sink", _sink);

    protected override Text RowOf(string text) => Text.From(text);

    protected override Task<IReadOnlyList<string>> ReadBackAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. _sink.Visible.Select(row => row.ToString())]);
}
