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

    /// <summary>What the job starts from, how it is executed, and how it stops.</summary>
    public LocalRunOptions Options { get; init; } = LocalRunOptions.Default;

    /// <summary>
    /// Returns a token for the next request to stop a job that stops with a savepoint: it cancels the job while the savepoint is taken, or requests
    /// another savepoint after a failed one.
    /// </summary>
    public Func<CancellationToken> NextStop { get; init; } = static () => CancellationToken.None;

    /// <summary>Called with the path of the savepoint with which the job stops, when it is complete.</summary>
    public Action<string> OnSavepoint { get; init; } = static _ => { };

    /// <summary>Called with how the job ended, before its failure is thrown. Not called for a job that was refused.</summary>
    public Action<JobResult> OnEnded { get; init; } = static _ => { };

    /// <summary>Shows the job while it runs, until the token is cancelled. If it throws, the job is cancelled.</summary>
    public Func<JobHandle, CancellationToken, Task> Watch { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Runs the job with the parallelism of <see cref="LocalClusterOptions"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="stop">Stops the job with a savepoint if <see cref="Options"/> say so, else cancels it; neither is an error.</param>
    /// <returns>How it ended: finished or cancelled.</returns>
    /// <exception cref="QueryStreamException">An option is not allowed, or the job was refused or failed.</exception>
    public async Task<JobResult> RunAsync(IStreamJob job, JobSettings settings, CancellationToken stop)
    {
        Options.Validate();
        await host.StartAsync(stop).ConfigureAwait(false);
        try
        {
            LocalSubmission submission = new(settings, host.Services.GetRequiredService<LocalClusterOptions>().Parallelism)
            {
                Options = Options.ToExecution(),
                Restore = Options.FromSavepoint,
                AllowNonRestoredState = Options.AllowNonRestoredState,
            };
            JobHandle handle = await host.Services.GetRequiredService<LocalCluster>().SubmitAsync(job, submission, stop).ConfigureAwait(false);
            OnAccepted(handle);
            JobResult result = await EndAsync(handle, stop).ConfigureAwait(false);
            OnEnded(result);
            return result.Failure is null ? result : throw result.Failure;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<JobResult> EndAsync(JobHandle job, CancellationToken stop)
    {
        using CancellationTokenSource ended = new();
        Task stopping = StopAsync(job, stop);
        Task watching = Watch(job, ended.Token);
        if (await Task.WhenAny(job.Completion, watching).ConfigureAwait(false) == watching && watching.IsFaulted)
        {
            // The job can no longer be watched.
            _ = job.CancelAsync();
        }

        JobResult result = await job.Completion.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await stopping.ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        return result;
    }

    // Waits for the token, then stops the job as the options say. Ends with the job.
    private async Task StopAsync(JobHandle job, CancellationToken stop)
    {
        CancellationToken next = Options.StopWithSavepoint is null ? CancellationToken.None : NextStop();
        Task saving = Task.CompletedTask;
        await WaitAsync(job, stop).ConfigureAwait(false);
        while (Options.StopWithSavepoint is { } directory && !job.Completion.IsCompleted)
        {
            Log.StoppingWithSavepoint(_log, directory);
            Task<QueryStreamException?> savepoint = StopWithSavepointAsync(job, directory);
            saving = savepoint;
            await Task.WhenAny(savepoint, WaitAsync(job, next)).ConfigureAwait(false);
            if (!savepoint.IsCompleted || await savepoint.ConfigureAwait(false) is not { } failure)
            {
                // The output of a complete savepoint is still to be committed.
                await WaitAsync(job, next).ConfigureAwait(false);
                break;
            }

            if (!job.Completion.IsCompleted)
            {
                Log.StopFailed(_log, failure.Message);
            }

            await WaitAsync(job, next).ConfigureAwait(false);
            next = NextStop();
        }

        if (!job.Completion.IsCompleted)
        {
            Log.Stopping(_log);
            await job.CancelAsync().ConfigureAwait(false);
        }

        // The job may end before the path is reported.
        await saving.ConfigureAwait(false);
    }

    // Null if the job stops, else the reason why it continues.
    private async Task<QueryStreamException?> StopWithSavepointAsync(JobHandle job, string directory)
    {
        try
        {
            // A job that is being deployed has nothing to save yet.
            await Task.WhenAny(job.Running, job.Completion).ConfigureAwait(false);
            Task<string> savepoint = job.StopWithSavepointAsync(directory, Options.Drain);
            await Task.WhenAny(savepoint, job.Completion).ConfigureAwait(false);
            if (savepoint.IsCompleted)
            {
                OnSavepoint(await savepoint.ConfigureAwait(false));
            }

            return null;
        }
        catch (QueryStreamException e)
        {
            return e;
        }
    }

    // Until the token is cancelled or the job has ended.
    private static async Task WaitAsync(JobHandle job, CancellationToken token)
    {
        try
        {
            await job.Completion.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // The caller checks which of the two happened.
        }
    }
}
