namespace QueryStream.Streams;

/// <summary>
/// A job. Coordinator and workers build its graph by themselves, so <see cref="Define"/> must give the same graph each time:
/// it sees its settings and nothing else; no clock, no file, no environment.
/// </summary>
public interface IStreamJob
{
    /// <summary>What people see, for example in the list of jobs.</summary>
    string Name { get; }

    /// <summary>Builds the graph.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">The definition or a setting is wrong.</exception>
    void Define(StreamBuilder job);
}
