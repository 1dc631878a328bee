using QueryStream.Core.Errors;

namespace QueryStream.Streams;

/// <summary>How <see cref="Stream{T}.MapAsync"/> asks.</summary>
public sealed record AsyncOptions
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// Whether results go on in the order of their rows, so that one slow answer holds back those behind it. Otherwise they go on as they come;
    /// but no result changes sides with a watermark in either case. True.
    /// </summary>
    public bool IsOrdered { get; init; } = true;

    /// <summary>How many rows of a subtask may be under way, answers included that wait for their turn; at that number it takes no more. 100.</summary>
    public int InFlight { get; init; } = 100;

    /// <summary>How long a row may take, retries and pauses included, before it fails; null: as long as it wants. A minute.</summary>
    public TimeSpan? Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a row is asked again after an error. 0.</summary>
    public int Retries { get; init; }

    /// <summary>The pause before a row is asked again. None.</summary>
    public TimeSpan RetryDelay { get; init; }

    /// <summary>After which errors it is asked again; null: after all. Must not block.</summary>
    public Func<Exception, bool>? RetryOn { get; init; }

    internal AsyncOptions Checked()
    {
        if (InFlight is < 1 or > 1_000_000)
        {
            throw new JobDefinitionException($"MapAsync with {InFlight} rows in flight is not possible: 1 to 1,000,000 are.");
        }

        if (Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > Longest))
        {
            throw new JobDefinitionException($"MapAsync with a time-out of {timeout} is not possible: it must be more than 0 and at most {Longest.TotalHours} hours.");
        }

        if (Retries < 0)
        {
            throw new JobDefinitionException($"MapAsync with {Retries} retries is not possible: the number must be 0 or more.");
        }

        if (RetryDelay < TimeSpan.Zero || RetryDelay > Longest)
        {
            throw new JobDefinitionException($"MapAsync with a pause of {RetryDelay} is not possible: it must be 0 or more and at most {Longest.TotalHours} hours.");
        }

        return this;
    }
}
