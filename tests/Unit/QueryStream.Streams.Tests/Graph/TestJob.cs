using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams.Tests.Graph;

/// <summary>A job that is defined by a delegate.</summary>
internal sealed class TestJob(Action<StreamBuilder> define) : IStreamJob
{
    public string Name => "test";

    public void Define(StreamBuilder job) => define(job);

    /// <summary>Builds a graph, which may lack a sink.</summary>
    public static StreamGraph Build(Action<StreamBuilder> define) => StreamBuilder.BuildPart(new TestJob(define), JobSettings.None);
}

/// <summary>A source and sink for definitions that are never opened.</summary>
internal sealed class Unopened<T> : ISource<T>, ISink<T>
{
    public bool IsBounded => false;

    public bool HasEventTimes { get; init; } = true;

    public ISourceReader<T> CreateReader(SourceContext context) => throw new InvalidOperationException("A definition opened a source.");

    public ISinkWriter<T> CreateWriter(SinkContext context) => throw new InvalidOperationException("A definition opened a sink.");
}
