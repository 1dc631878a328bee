using QueryStream.Core.Identity;

namespace QueryStream.Streams;

/// <summary>
/// A job. Coordinator and workers each build its graph, so <see cref="Define"/> must be deterministic: it depends only on its settings, and reads no
/// clock, file or environment.
/// </summary>
public interface IStreamJob
{
    /// <summary>The display name, for example in the list of jobs.</summary>
    string Name { get; }

    /// <summary>Builds the graph.</summary>
    /// <exception cref="Core.Errors.QueryStreamException">The definition or a setting is wrong.</exception>
    void Define(StreamBuilder job);
}

/// <summary>Loads jobs by reference. Coordinator and workers have one each; all must load the same code.</summary>
public interface IJobLoader
{
    /// <summary>Loads a job. Called outside of actors, on any thread, for each attempt: a loader caches what it has loaded.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">There is no such job, or its code cannot be loaded.</exception>
    Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken);
}
