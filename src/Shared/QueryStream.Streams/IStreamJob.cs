using QueryStream.Core.Identity;

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

/// <summary>Finds the job that a reference names. Coordinator and workers have one each; all must find the same code.</summary>
public interface IJobLoader
{
    /// <summary>Loads the job. Called outside of actors, from any thread, again for each attempt: a loader keeps what it has loaded.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">There is no such job, or its code cannot be loaded.</exception>
    Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken);
}
