using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.TestKit;

namespace QueryStream.Testing.Cluster;

/// <summary>Loads jobs by names that a test has given them.</summary>
public sealed class TestJobs : IJobLoader
{
    private readonly Dictionary<string, IStreamJob> _jobs = new(StringComparer.Ordinal);
    private TaskCompletionSource _gate = new();

    /// <summary>Creates a loader that loads jobs at once.</summary>
    public TestJobs() => _gate.SetResult();

    /// <summary>Adds a job, or another version of it, under a name.</summary>
    public JobReference Add(string name, IStreamJob job)
    {
        _jobs[name] = job;
        return new JobReference("test", name);
    }

    /// <summary>Blocks further loads until <see cref="OpenAsync"/>.</summary>
    public void Close() => _gate = new TaskCompletionSource();

    /// <summary>Unblocks the waiting loads, and runs the simulation until they have completed.</summary>
    public async Task OpenAsync(SimulatedExecutor executor)
    {
        _gate.SetResult();
        await Wait.UntilAsync("jobs to be loaded", () =>
        {
            executor.RunUntilIdle();
            return executor.PendingIo == 0;
        });
    }

    /// <inheritdoc/>
    public async Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken)
    {
        await _gate.Task;
        return _jobs.GetValueOrDefault(reference.TypeName) ?? throw new JobDefinitionException($"There is no {reference}.");
    }
}
