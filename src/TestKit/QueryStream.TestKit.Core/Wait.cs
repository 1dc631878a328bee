#pragma warning disable RS0030 // What may wait for real time, so that nothing else has to.
using System.Diagnostics;

namespace QueryStream.TestKit;

/// <summary>Waits in tests for a named condition, within a time limit. No other code may delay.</summary>
public static class Wait
{
    /// <summary>The default limit. It is generous, since only a failure uses it up.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="what">Describes the condition, after "Waited for": <c>the job to be RUNNING</c>.</param>
    /// <param name="condition">Checked repeatedly; its exceptions end the wait.</param>
    /// <param name="limit">Of real time; null: <see cref="DefaultLimit"/>.</param>
    /// <param name="seen">Describes the state in the message of a timeout.</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null, Func<string>? seen = null) =>
        UntilAsync(what, () => Task.FromResult(condition()), limit, seen);

    /// <inheritdoc cref="UntilAsync(string, Func{bool}, TimeSpan?, Func{string}?)"/>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null, Func<string>? seen = null)
    {
        TimeSpan maximum = limit ?? DefaultLimit;
        TimeSpan pause = MinPause;
        long start = Stopwatch.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(start) > maximum)
            {
                throw new TimeoutException($"Waited for {what} for {maximum.TotalSeconds:0.#} s in vain.{(seen is null ? "" : $" Seen: {seen()}")}");
            }

            await Task.Delay(pause).ConfigureAwait(false);
            pause = pause * 2 < MaxPause ? pause * 2 : MaxPause;
        }
    }

    /// <summary>
    /// Returns as soon as the condition holds. Each change of the progress restarts the limit, so that it detects a hang and not a slow machine.
    /// </summary>
    /// <param name="what">Describes the condition, after "Waited for".</param>
    /// <param name="condition">Checked repeatedly; its exceptions end the wait.</param>
    /// <param name="progress">A number that changes as long as the work advances.</param>
    /// <param name="limit">Of real time without progress; null: <see cref="DefaultLimit"/>.</param>
    /// <exception cref="TimeoutException">The progress has not changed for the limit.</exception>
    public static async Task WhileProgressAsync(string what, Func<bool> condition, Func<long> progress, TimeSpan? limit = null)
    {
        for (bool holds = condition(); !holds;)
        {
            long before = progress();
            await UntilAsync(
                what, () => (holds = condition()) || progress() != before, limit, () => $"no progress after {before}").ConfigureAwait(false);
        }
    }

    /// <summary>Awaits a task within a limit.</summary>
    /// <param name="what">What is waited for, to follow "Waited for".</param>
    /// <param name="task">The task. It continues after a timeout.</param>
    /// <param name="limit">Of real time; null: <see cref="DefaultLimit"/>.</param>
    /// <exception cref="TimeoutException">The task was not complete within the limit.</exception>
    public static async Task ForAsync(string what, Task task, TimeSpan? limit = null)
    {
        TimeSpan maximum = limit ?? DefaultLimit;
        using CancellationTokenSource finished = new();
        if (await Task.WhenAny(task, Task.Delay(maximum, finished.Token)).ConfigureAwait(false) != task)
        {
            throw new TimeoutException($"Waited for {what} for {maximum.TotalSeconds:0.#} s in vain.");
        }

        await finished.CancelAsync().ConfigureAwait(false);
        await task.ConfigureAwait(false);
    }
}
