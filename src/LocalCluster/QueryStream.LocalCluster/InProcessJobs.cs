using System.Collections.Concurrent;
using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;

namespace QueryStream.Local;

/// <summary>Loads jobs that were submitted as objects; messages between coordinator and workers carry references only.</summary>
internal sealed class InProcessJobs : IJobLoader
{
    // Written by callers that submit, read by coordinator and workers.
    private readonly ConcurrentDictionary<JobReference, IStreamJob> _jobs = new();
    private int _count;

    /// <summary>Adds a job under a new reference.</summary>
    public JobReference Add(IStreamJob job)
    {
        int number = Interlocked.Increment(ref _count);
        JobReference reference = new(string.Create(CultureInfo.InvariantCulture, $"submission {number} of this process"), job.GetType().Name);
        _jobs[reference] = job;
        return reference;
    }

    /// <summary>Removes a job that has ended.</summary>
    public void Remove(JobReference reference) => _jobs.TryRemove(reference, out _);

    public Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken) =>
        _jobs.TryGetValue(reference, out IStreamJob? job)
            ? Task.FromResult(job)
            : throw new JobDefinitionException($"The job {reference} has ended and cannot be loaded again.");
}
