using QueryStream.Streams;

namespace QueryStream.TestKit.Jobs;

/// <summary>A job that is defined where it is used.</summary>
/// <param name="name">What people see.</param>
/// <param name="define">Builds the graph.</param>
public sealed class LambdaJob(string name, Action<StreamBuilder> define) : IStreamJob
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public void Define(StreamBuilder job) => define(job);
}
