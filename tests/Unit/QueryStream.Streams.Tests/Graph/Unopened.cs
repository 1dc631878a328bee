using QueryStream.Streams.Connectors;

namespace QueryStream.Streams.Tests.Graph;

/// <summary>A source and sink for definitions that are never opened.</summary>
internal sealed class Unopened<T> : ISource<T>, ISink<T>
{
    public bool IsBounded => false;

    public bool HasEventTimes { get; init; } = true;

    public ISourceReader<T> CreateReader(SourceContext context) => throw new InvalidOperationException("A definition opened a source.");

    public ISinkWriter<T> CreateWriter(SinkContext context) => throw new InvalidOperationException("A definition opened a sink.");
}
