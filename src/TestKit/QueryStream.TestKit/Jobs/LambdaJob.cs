using QueryStream.Streams;

namespace QueryStream.TestKit.Jobs;

/// <summary>A job defined by a delegate.</summary>
/// <param name="name">The job's name.</param>
/// <param name="define">Builds the graph.</param>
public sealed class LambdaJob(string name, Action<StreamBuilder> define) : IStreamJob
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void Define(StreamBuilder job) => define(job);
}
