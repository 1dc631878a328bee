using QueryStream.Core.Identity;

namespace QueryStream.Streams;

/// <summary>Finds the job that a reference names. Coordinator and workers have one each; all must find the same code.</summary>
public interface IJobLoader
{
    /// <summary>Loads the job. Called outside of actors, from any thread, again for each attempt: a loader keeps what it has loaded.</summary>
    /// <exception cref="Core.Errors.JobDefinitionException">There is no such job, or its code cannot be loaded.</exception>
    Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken);
}
