using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>How many rows are generated, how fast, and for which times. Checked when the source is added to a job.</summary>
public sealed record GeneratorOptions
{
    /// <summary>How many rows; null: without end.</summary>
    public long? Count { get; init; }

    /// <summary>How many rows a second, of all subtasks together; null: as many as the job takes.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Decides what is random. The same seed gives the same rows, whatever the parallelism.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The event time of the first row; null: rows have the time of the clock when they are generated.</summary>
    public EventTime? StartTime { get; init; }

    /// <summary>With <see cref="StartTime"/>: how much later each row is than the one before.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// How many splits there are: row i belongs to split i modulo this number, so that no more subtasks than this have something to do. It names
    /// positions in snapshots and cannot change for who restores one.
    /// </summary>
    public int Splits { get; init; } = 8;

    /// <summary>Checks the values.</summary>
    /// <param name="source">The source's name, for the message.</param>
    /// <exception cref="JobDefinitionException">One is not allowed.</exception>
    internal GeneratorOptions Validate(string source)
    {
        string? problem =
            Count < 0 ? $"Count is {Count}; it must be 0 or more"
            : RowsPerSecond is { } rate && !(rate > 0 && double.IsFinite(rate)) ? $"RowsPerSecond is {rate}; it must be more than 0"
            : Interval < TimeSpan.Zero ? $"Interval is {Interval}; it must be 0 or more"
            : Splits is < 1 or > 32_768 ? $"Splits is {Splits}; 1 to 32768 are possible"
            : null;
        return problem is null ? this : throw new JobDefinitionException($"Generator '{source}': {problem}.");
    }
}
