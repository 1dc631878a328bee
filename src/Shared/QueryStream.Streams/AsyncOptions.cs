using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams;

/// <summary>Options of <see cref="Stream{T}.MapAsync"/>.</summary>
public sealed record AsyncOptions
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether results keep the order of their rows, so that a slow call delays the results after it. Otherwise results are emitted as they complete.
    /// In both cases, no result overtakes a watermark or is overtaken by one. The default is true.
    /// </summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>
    /// The maximum number of rows in flight for each subtask, including results that wait for earlier ones. At the limit the subtask takes no more
    /// input. The default is 100.
    /// </summary>
    public int InFlight { get; init; } = 100;

    /// <summary>The time limit for a row, including retries and their delays; the row then fails. Null: no limit. The default is a minute.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of retries after an error. The default is 0.</summary>
    public int Retries { get; init; }

    /// <summary>The delay before each retry. The default is none.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>Which errors are retried; null: all. Must not block.</summary>
    public Func<Exception, bool>? RetryOn { get; init; }

    internal AsyncOptions Checked()
    {
        if (InFlight is < 1 or > 1_000_000)
        {
            throw new JobDefinitionException($"MapAsync: InFlight is {InFlight}; it must be 1 to 1,000,000.");
        }

        if (Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > MaxDuration))
        {
            throw new JobDefinitionException(
                $"MapAsync: Timeout is {Durations.Format(timeout)}; it must be more than 0 and at most {Durations.Format(MaxDuration)}.");
        }

        if (Retries < 0)
        {
            throw new JobDefinitionException($"MapAsync: Retries is {Retries}; it must be 0 or more.");
        }

        if (RetryDelay < TimeSpan.Zero || RetryDelay > MaxDuration)
        {
            throw new JobDefinitionException(
                $"MapAsync: RetryDelay is {Durations.Format(RetryDelay)}; it must be 0 or more and at most {Durations.Format(MaxDuration)}.");
        }

        return this;
    }
}
