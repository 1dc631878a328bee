#pragma warning disable RS0030 // What may wait for real time, so that nothing else has to.
using System.Diagnostics;

namespace QueryStream.TestKit;

/// <summary>Waiting in tests: for a named condition and never longer than a limit. The only place that may delay.</summary>
public static class Wait
{
    /// <summary>How long to wait where a test says nothing else; generous, since it is only ever used up by a failure.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Returns as soon as the condition holds.</summary>
    /// <param name="what">What is waited for, to follow "Waited for": <c>the job to be RUNNING</c>.</param>
    /// <param name="condition">Asked again and again; what it throws ends the wait.</param>
    /// <param name="limit">Of real time; null: <see cref="DefaultLimit"/>.</param>
    /// <param name="seen">Describes the state for the failure's message.</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public static Task UntilAsync(string what, Func<bool> condition, TimeSpan? limit = null, Func<string>? seen = null) =>
        UntilAsync(what, () => Task.FromResult(condition()), limit, seen);

    /// <inheritdoc cref="UntilAsync(string, Func{bool}, TimeSpan?, Func{string}?)"/>
    public static async Task UntilAsync(string what, Func<Task<bool>> condition, TimeSpan? limit = null, Func<string>? seen = null)
    {
        TimeSpan longest = limit ?? DefaultLimit;
        TimeSpan pause = ShortestPause;
        long start = Stopwatch.GetTimestamp();
        while (!await condition().ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(start) > longest)
            {
                throw new TimeoutException($"Waited for {what} for {longest.TotalSeconds:0.#} s in vain.{(seen is null ? "" : $" Seen: {seen()}")}");
            }

            await Task.Delay(pause).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Returns what the task gives, or throws what it throws, within the limit.</summary>
    /// <param name="what">What is waited for, to follow "Waited for".</param>
    /// <param name="task">The task; it goes on where the limit is over.</param>
    /// <param name="limit">Of real time; null: <see cref="DefaultLimit"/>.</param>
    /// <exception cref="TimeoutException">The task was not complete within the limit.</exception>
    public static async Task ForAsync(string what, Task task, TimeSpan? limit = null)
    {
        TimeSpan longest = limit ?? DefaultLimit;
        using CancellationTokenSource finished = new();
        if (await Task.WhenAny(task, Task.Delay(longest, finished.Token)).ConfigureAwait(false) != task)
        {
            throw new TimeoutException($"Waited for {what} for {longest.TotalSeconds:0.#} s in vain.");
        }

        await finished.CancelAsync().ConfigureAwait(false);
        await task.ConfigureAwait(false);
    }
}
