using Microsoft.Extensions.Logging;
using QueryStream.Core.Time;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>What all rounds of a run share.</summary>
/// <param name="Request">The run.</param>
/// <param name="Events">The produced events.</param>
/// <param name="Watch">The outputs.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">Where each round is logged.</param>
/// <param name="Stop">Ends the run.</param>
internal sealed record RunContext(
    ChaosRequest Request, ProducedEvents Events, OutputWatch Watch, TimeProvider Time, ILogger Log, CancellationToken Stop)
{
    // Longer than any recovery, even if a transaction must expire first.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Produces the events. Must not end before the rounds do.</summary>
    public Task Producing { get; set; } = Task.CompletedTask;

    /// <summary>Reads the topic.</summary>
    public Task Following { get; set; } = Task.CompletedTask;

    /// <summary>Waits for a time.</summary>
    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, Time, Stop);

    /// <summary>Waits for a task.</summary>
    /// <param name="awaited">The task.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <param name="tail">The end of the log, for the error.</param>
    /// <param name="exited">Completes if it never will, since the process has ended; null: it always can.</param>
    /// <returns>False if the process has ended before.</returns>
    /// <exception cref="ChaosException">It takes too long.</exception>
    public async Task<bool> WaitAsync(Task awaited, string what, Func<string> tail, Task? exited = null)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task limit = Task.Delay(Limit, Time, ended.Token);
        exited ??= Task.Delay(Timeout.InfiniteTimeSpan, Time, ended.Token);
        Task first = await Task.WhenAny(awaited, exited, limit, Following, FailAsync(Producing, ended.Token));
        await ended.CancelAsync();
        Stop.ThrowIfCancellationRequested();
        if (first == limit)
        {
            throw new ChaosException(
                $"After {Durations.Format(Limit)} there is still no sign of {what}. The log of the job is {Request.LogPath}.", tail());
        }

        // Else the process has ended, or the reader or the producer has failed.
        if (first != exited)
        {
            await first;
        }

        return first == awaited;
    }

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="what">The condition, for the error.</param>
    /// <param name="tail">The state and the end of the log, for the error.</param>
    /// <param name="condition">Asked again and again.</param>
    /// <exception cref="ChaosException">It takes too long.</exception>
    public async Task UntilAsync(string what, Func<string> tail, Func<Task<bool>> condition)
    {
        using CancellationTokenSource given = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        Task polling = PollAsync(condition, given.Token);
        try
        {
            await WaitAsync(polling, what, tail);
        }
        finally
        {
            // Before anything that the condition asks is disposed of.
            await given.CancelAsync();
            await polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PollAsync(Func<Task<bool>> condition, CancellationToken stop)
    {
        while (!await condition())
        {
            await Task.Delay(Interval, Time, stop);
        }
    }

    // Throws if the producer fails, but does not complete if it ends normally.
    private static async Task FailAsync(Task producing, CancellationToken ended)
    {
        await producing;
        await Task.Delay(Timeout.InfiniteTimeSpan, ended);
    }
}
