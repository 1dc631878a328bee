using QueryStream.Core.Metrics;
using QueryStream.Core.Time;

namespace QueryStream.Wire.Metrics;

/// <summary>
/// What a task has last reported, about a second ago, counted since its attempt began, and its rates over the last seconds. Immutable.
/// </summary>
public sealed record TaskFigures
{
    /// <summary>Records that its sources have read, and rows from other tasks.</summary>
    public long RecordsIn { get; init; }

    /// <summary>Rows to other tasks, and rows that external systems have acknowledged to its sinks.</summary>
    public long RecordsOut { get; init; }

    /// <summary>Bytes of <see cref="RecordsIn"/>: of records as they were stored, of rows as they are in memory.</summary>
    public long BytesIn { get; init; }

    /// <summary>Bytes of rows to other tasks, as they are in memory, and of what its sinks have written, as it is stored.</summary>
    public long BytesOut { get; init; }

    /// <summary>Rows that were too late.</summary>
    public long Late { get; init; }

    /// <summary>Records and rows that failed.</summary>
    public long DeadLettered { get; init; }

    /// <summary>How long it had no input.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>How long it has worked.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>How long it took no input, since what follows it was full.</summary>
    public TimeSpan BackPressured { get; init; }

    /// <summary>Its watermark; <see cref="EventTime.MinValue"/> if it has none.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>The elements that wait for it.</summary>
    public int QueueLength { get; init; }

    /// <summary>How full its fullest output channel is; 1 and more: it waits for credit.</summary>
    public double OutputUsage { get; init; }

    /// <summary>Its rates; null before its second report.</summary>
    public TaskRates? Rates { get; init; }

    /// <summary>What has passed each of its operators.</summary>
    public IReadOnlyList<OperatorFlow> Operators { get; init; } = [];

    /// <summary>The splits of its source.</summary>
    public IReadOnlyList<SplitFlow> Splits { get; init; } = [];

    /// <summary>How far rows were behind the clock by their event time when they came to its sinks, since its attempt began.</summary>
    public LatencyCounts SinkLatency { get; init; } = LatencyCounts.None;

    /// <summary>The same over the last seconds.</summary>
    public LatencyCounts RecentSinkLatency { get; init; } = LatencyCounts.None;

    /// <summary>How long external systems took to acknowledge a write of its sinks, since its attempt began.</summary>
    public LatencyCounts WriteLatency { get; init; } = LatencyCounts.None;

    /// <summary>The same over the last seconds.</summary>
    public LatencyCounts RecentWriteLatency { get; init; } = LatencyCounts.None;

    /// <summary>Its last checkpoint; null before the first.</summary>
    public CheckpointSample? Checkpoint { get; init; }

    /// <summary>Counters that the job declared, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new SortedDictionary<string, long>(StringComparer.Ordinal);
}

/// <summary>Rates of a task over the last seconds, by the clock of its worker.</summary>
/// <param name="RecordsIn">Records per second.</param>
/// <param name="RecordsOut">Records per second.</param>
/// <param name="BytesIn">Bytes per second.</param>
/// <param name="BytesOut">Bytes per second.</param>
public sealed record TaskRates(double RecordsIn, double RecordsOut, double BytesIn, double BytesOut)
{
    /// <summary>The part of the time in which it had no input, 0 to 1.</summary>
    public double Idle { get; init; }

    /// <summary>The part of the time in which it worked, 0 to 1.</summary>
    public double Busy { get; init; }

    /// <summary>The part of the time in which it took no input, since what follows it was full, 0 to 1.</summary>
    public double BackPressured { get; init; }

    /// <summary>Those of each operator, in the order of <see cref="TaskFigures.Operators"/>.</summary>
    public IReadOnlyList<OperatorRates> Operators { get; init; } = [];

    /// <summary>How much of the time it was held back, in Flink's words and with its bounds.</summary>
    public BackPressureLevel BackPressure => LevelOf(BackPressured);

    /// <summary>Flink's level for a part of the time, 0 to 1.</summary>
    public static BackPressureLevel LevelOf(double backPressured) =>
        backPressured <= 0.1 ? BackPressureLevel.Ok : backPressured <= 0.5 ? BackPressureLevel.Low : BackPressureLevel.High;
}

/// <summary>Rates of an operator over the last seconds.</summary>
/// <param name="In">Rows per second that came in.</param>
/// <param name="Out">Rows per second that went out.</param>
public readonly record struct OperatorRates(double In, double Out);

/// <summary>How much of the time a task is held back, with Flink's names.</summary>
public enum BackPressureLevel
{
    /// <summary>At most a tenth.</summary>
    Ok,

    /// <summary>At most half.</summary>
    Low,

    /// <summary>More than half.</summary>
    High,
}
