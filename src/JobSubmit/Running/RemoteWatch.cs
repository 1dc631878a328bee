using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Commands;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Running;

/// <summary>Watches a job of a cluster: progress on stderr, and at its end the report on stdout.</summary>
/// <param name="context">Where to write.</param>
/// <param name="client">The cluster.</param>
/// <param name="onInterrupt">What Ctrl-C does.</param>
/// <param name="json">Whether the report is a JSON object.</param>
internal sealed class RemoteWatch(CommandContext context, ClusterClient client, InterruptAction onInterrupt, bool json)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    // Longer than another coordinator takes to lead.
    private static readonly TimeSpan AbsenceLimit = TimeSpan.FromMinutes(1);

    private string _state = "";
    private string? _waitsFor;
    private long _progressAt;
    private long? _absentSince;

    private TextWriter Progress => context.Terminal.Error;

    /// <summary>Watches the job.</summary>
    /// <param name="job">Its id.</param>
    /// <param name="stop">Cancels the job or leaves it.</param>
    /// <returns>The exit code: 0 if it has finished, or ended because it was told to here.</returns>
    /// <exception cref="QueryStreamException">The cluster has gone, or knows the job no longer.</exception>
    public async Task<int> RunAsync(string job, CancellationToken stop)
    {
        CancellationToken next = context.NextStop();
        JobDetailsResponse? ended = await UntilAsync(job, HasEnded, stop);
        bool isCancelled = ended is null;
        if (isCancelled)
        {
            if (onInterrupt == InterruptAction.Detach)
            {
                await Progress.WriteLineAsync($"Job {job} goes on. To end it: querystream cancel {job}");
                return 0;
            }

            await Progress.WriteLineAsync($"Cancelling job {job}.");
            await client.CancelAsync(job, next);
            ended = await UntilAsync(job, HasEnded, next);
            if (ended is null)
            {
                await Progress.WriteLineAsync($"Job {job} is still being cancelled.");
                return 0;
            }
        }

        return await ReportAsync(ended!, isCancelled);
    }

    /// <summary>Watches the job until it has come to something.</summary>
    /// <returns>The job; null: told to stop.</returns>
    /// <exception cref="QueryStreamException">The cluster has gone, or knows the job no longer.</exception>
    public async Task<JobDetailsResponse?> UntilAsync(string job, Func<JobDetailsResponse, bool> isReached, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (await TryReadAsync(job, stop) is { } details)
                {
                    await ShowAsync(details);
                    if (isReached(details))
                    {
                        return details;
                    }
                }

                await Task.Delay(Interval, context.Time, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static bool HasEnded(JobDetailsResponse details) => RemoteJob.HasEnded(details.State);

    // Null: no coordinator answers at the moment; the job goes on without one.
    private async Task<JobDetailsResponse?> TryReadAsync(string job, CancellationToken stop)
    {
        try
        {
            JobDetailsResponse details = await client.JobAsync(job, stop);
            _absentSince = null;
            return details;
        }
        catch (QueryStreamException e) when (e.Code == ErrorCode.ServiceUnavailable && !IsAbsentForLong())
        {
            if (_absentSince is null)
            {
                _absentSince = context.Time.GetTimestamp();
                await Progress.WriteLineAsync($"The coordinator does not answer; the job goes on. {e.Message.ReplaceLineEndings(" ")}");
            }

            return null;
        }
    }

    private bool IsAbsentForLong() => _absentSince is long since && context.Time.GetElapsedTime(since) >= AbsenceLimit;

    private async Task ShowAsync(JobDetailsResponse details)
    {
        long now = context.Time.GetTimestamp();
        if (details.State == _state && details.Progress.WaitsFor == _waitsFor && context.Time.GetElapsedTime(_progressAt, now) < ProgressInterval)
        {
            return;
        }

        bool isNew = details.State != _state;
        (_state, _waitsFor) = (details.State, details.Progress.WaitsFor);
        _progressAt = now;
        JobProgress progress = details.Progress;
        string figures = $"records read {progress.RecordsRead:N0}, rows written {progress.RecordsAcknowledged:N0}";
        string scaled = progress.Parallelism < progress.WantedParallelism
            ? $" at parallelism {progress.Parallelism} of {progress.WantedParallelism}"
            : "";
        string line = $"Job '{details.Name}' is {details.State}{scaled}{(isNew && progress.RecordsRead == 0 ? "" : $", {figures}")}";
        string?[] reasons = [details.State == "RESTARTING" ? progress.RestartCause : null, progress.WaitsFor];
        await Progress.WriteLineAsync(string.Join(": ", [line, .. reasons.OfType<string>().Select(reason => reason.ReplaceLineEndings(" "))]));
    }

    private async Task<int> ReportAsync(JobDetailsResponse details, bool isCancelled)
    {
        TextWriter output = context.Terminal.Out;
        if (json)
        {
            await output.WriteLineAsync(RestJson.ToText(details, RestJson.Default.JobDetailsResponse));
        }
        else
        {
            await output.WriteLineAsync(RemoteReport.Of(details));
        }

        switch (details.State)
        {
            case "FAILED":
                context.Terminal.WriteError(details.Progress.Failure ?? $"Job {details.Id} has failed.");
                return 1;
            case "CANCELED" when !isCancelled:
                context.Terminal.WriteError($"Job {details.Id} was cancelled by somebody else.");
                return 1;
            default:
                return 0;
        }
    }
}
