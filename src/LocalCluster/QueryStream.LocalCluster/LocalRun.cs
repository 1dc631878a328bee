using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>Runs one job in the local cluster of a host, from the start of the host to its stop.</summary>
/// <param name="host">A host with a local cluster. Not disposed here.</param>
public sealed class LocalRun(IHost host)
{
    private readonly ILogger _log = host.Services.GetRequiredService<ILogger<LocalRun>>();

    /// <summary>Called when the job has been accepted.</summary>
    public Action<JobHandle> OnAccepted { get; init; } = static _ => { };

    /// <summary>Shows the job while it runs, until its token is cancelled. If it fails, the job is cancelled.</summary>
    public Func<JobHandle, CancellationToken, Task> Watch { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Its checkpoints and restarts.</summary>
    public ExecutionOptions Options { get; init; } = ExecutionOptions.Default;

    /// <inheritdoc cref="JobSubmission.Restore"/>
    public string? Restore { get; init; }

    /// <inheritdoc cref="JobSubmission.AllowNonRestoredState"/>
    public bool AllowNonRestoredState { get; init; }

    /// <summary>Runs the job with the parallelism of <see cref="LocalClusterOptions"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="stop">Cancels the job, which is no error.</param>
    /// <returns>How it ended: finished or cancelled.</returns>
    /// <exception cref="QueryStreamException">An option is not allowed, or the job was refused or failed.</exception>
    public async Task<JobResult> RunAsync(IStreamJob job, JobSettings settings, CancellationToken stop)
    {
        await host.StartAsync(stop).ConfigureAwait(false);
        try
        {
            LocalSubmission submission = new(settings, host.Services.GetRequiredService<LocalClusterOptions>().Parallelism)
            {
                Options = Options,
                Restore = Restore,
                AllowNonRestoredState = AllowNonRestoredState,
            };
            JobHandle handle = await host.Services.GetRequiredService<LocalCluster>().SubmitAsync(job, submission, stop).ConfigureAwait(false);
            OnAccepted(handle);
            JobResult result = await EndAsync(handle, stop).ConfigureAwait(false);
            return result.Failure is null ? result : throw result.Failure;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<JobResult> EndAsync(JobHandle job, CancellationToken stop)
    {
        CancellationTokenRegistration stopping = stop.Register(() =>
        {
            Log.Stopping(_log);
            _ = job.CancelAsync();
        });
        await using (stopping.ConfigureAwait(false))
        {
            using CancellationTokenSource ended = new();
            Task watching = Watch(job, ended.Token);
            if (await Task.WhenAny(job.Completion, watching).ConfigureAwait(false) == watching && watching.IsFaulted)
            {
                // The job can no longer be watched.
                _ = job.CancelAsync();
            }

            JobResult result = await job.Completion.ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            return result;
        }
    }
}
