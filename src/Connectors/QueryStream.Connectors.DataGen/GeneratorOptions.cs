using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.DataGen;

/// <summary>The options of a generator source. Validated when the source is added to a job.</summary>
public sealed record GeneratorOptions
{
    /// <summary>The number of rows, 0 or more; null: unbounded.</summary>
    public long? Count { get; init; }

    /// <summary>Rows per second of all subtasks together, more than 0; null: as fast as the job accepts them.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>The seed of the random values. The same seed gives the same rows at any parallelism.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>The event time of the first row; null: the event time is the clock's time when a row is generated.</summary>
    public EventTime? StartTime { get; init; }

    /// <summary>With <see cref="StartTime"/>: the event time between consecutive rows, 0 or more.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The number of splits, 1 to 32,768. Row i belongs to split i modulo this number, so at most this many subtasks have work. Snapshots hold
    /// positions by split, so it must not change between a snapshot and its restore.
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
            : Interval < TimeSpan.Zero ? $"Interval is {Durations.Format(Interval)}; it must be 0 or more"
            : Splits is < 1 or > 32_768 ? $"Splits is {Splits}; 1 to 32768 are possible"
            : null;
        return problem is null ? this : throw new JobDefinitionException($"Generator '{source}': {problem}.");
    }
}
