using QueryStream.Coordinator.Registry;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.Tests.Jobs;

/// <summary>A registry that outlives the coordinators of a test.</summary>
internal sealed class MemoryRegistry : IJobRegistry
{
    public Dictionary<JobId, RegisteredJob> Jobs { get; } = [];

    /// <summary>Whether it cannot be written.</summary>
    public bool Fails { get; set; }

    /// <summary>While it is set, a write waits for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>Lets writes through; one that waits for that is over before this returns.</summary>
    public void OpenGate()
    {
        TaskCompletionSource? gate = Gate;
        Gate = null;

        // In the context of the test, the write would go on in another thread.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        gate?.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public Task<RegisteredJobs> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(new RegisteredJobs([.. Jobs.Values], Damaged: 0));

    public async Task PutAsync(RegisteredJob job, CancellationToken cancellationToken)
    {
        if (Gate is { } gate)
        {
            await gate.Task;
        }

        if (Fails)
        {
            throw new CheckpointStorageException("The registry cannot be written.");
        }

        Jobs[job.Id] = job;
    }

    public Task RemoveAsync(JobId job, CancellationToken cancellationToken)
    {
        Jobs.Remove(job);
        return Task.CompletedTask;
    }
}
