using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Running;

/// <summary>Runs a job in a cluster in this process, to its end or until it is told to stop.</summary>
/// <param name="loggers">Where to log.</param>
/// <param name="clients">Clients of systems outside, for sources and sinks.</param>
/// <param name="time">The clock.</param>
internal sealed class LocalRun(LineLoggers loggers, IServiceProvider clients, TimeProvider time)
{
    /// <summary>How often counts are reported.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Shows the job while it runs; ends when its token is cancelled.</summary>
    public Func<JobHandle, CancellationToken, Task> Watch { get; init; } = static (_, _) => Task.CompletedTask;

    /// <summary>Runs the job.</summary>
    /// <param name="plan">The job and its cluster.</param>
    /// <param name="stop">Cancels the job, which is no error.</param>
    /// <exception cref="Core.Errors.QueryStreamException">The job was refused, or failed.</exception>
    public async Task<RunReport> RunAsync(LocalPlan plan, CancellationToken stop)
    {
        await using LocalCluster cluster = LocalCluster.Start(new LocalClusterOptions
        {
            Workers = plan.Workers,
            SlotsPerWorker = plan.SlotsPerWorker,
            MetricsInterval = MetricsInterval,
            Time = time,
            Loggers = loggers,
            Services = clients,
        });
        JobHandle job = await cluster.SubmitAsync(plan.Job, plan.Settings, plan.Parallelism, stop);
        Action<ILogger, string, int> log = plan.IsOfUser ? Log.JobDeployed : Log.GraphDeployed;
        log(loggers.CreateLogger(nameof(LocalRun)), job.Name, plan.Parallelism);
        JobResult result = await WatchAsync(job, stop);
        return result.Failure is null ? new RunReport(job.Name, result, ProcessFigures.Now()) : throw result.Failure;
    }

    private async Task<JobResult> WatchAsync(JobHandle job, CancellationToken stop)
    {
        await using CancellationTokenRegistration stopping = stop.Register(() =>
        {
            Log.Stopping(loggers.CreateLogger(nameof(LocalRun)));
            _ = job.CancelAsync();
        });
        using CancellationTokenSource ended = new();
        Task watching = Watch(job, ended.Token);
        if (await Task.WhenAny(job.Completion, watching) == watching && watching.IsFaulted)
        {
            // Nobody sees the job any more, so that nobody could know that it still runs.
            _ = job.CancelAsync();
        }

        JobResult result = await job.Completion;
        await ended.CancelAsync();
        await watching;
        return result;
    }
}
