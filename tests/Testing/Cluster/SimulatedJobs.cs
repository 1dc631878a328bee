using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Testing.Cluster;

/// <summary>The registry of jobs of a simulated cluster. It refuses the writes of a coordinator after which another one has begun.</summary>
public sealed class SimulatedJobs
{
    private readonly SortedDictionary<string, RegisteredJob> _jobs = new(StringComparer.Ordinal);
    private Epoch _epoch;

    /// <summary>The jobs that have not ended.</summary>
    public IReadOnlyList<RegisteredJob> All => [.. _jobs.Values];

    /// <summary>A coordinator begins: what it sees and writes.</summary>
    public IJobRegistry Begin(Epoch epoch)
    {
        _epoch = epoch;
        return new View(this, epoch);
    }

    private sealed class View(SimulatedJobs jobs, Epoch epoch) : IJobRegistry
    {
        public Task<RegisteredJobs> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new RegisteredJobs(jobs.All, Damaged: 0));

        public Task PutAsync(RegisteredJob job, CancellationToken cancellationToken) => WriteAsync(() => jobs._jobs[job.Id.ToString()] = job);

        public Task RemoveAsync(JobId job, CancellationToken cancellationToken) => WriteAsync(() => jobs._jobs.Remove(job.ToString()));

        private Task WriteAsync(Action write)
        {
            if (epoch != jobs._epoch)
            {
                return Task.FromException(new CheckpointStorageException($"Epoch {epoch} is fenced by {jobs._epoch}."));
            }

            write();
            return Task.CompletedTask;
        }
    }
}
