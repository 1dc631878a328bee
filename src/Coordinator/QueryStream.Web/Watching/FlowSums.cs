using QueryStream.Coordinator;
using QueryStream.Core.Time;
using QueryStream.Wire.Metrics;

namespace QueryStream.Web.Watching;

/// <summary>
/// What some tasks have reported, together: counts since their attempts began, and rates over the last seconds. What no task has reported is null.
/// </summary>
public sealed record FlowSums
{
    /// <summary>Nothing is reported.</summary>
    public static FlowSums None { get; } = new();

    /// <summary>Records of sources, and rows from other tasks.</summary>
    public long? RecordsIn { get; init; }

    /// <summary>Rows to other tasks, and rows that external systems have acknowledged.</summary>
    public long? RecordsOut { get; init; }

    /// <summary>Bytes of <see cref="RecordsIn"/>.</summary>
    public long? BytesIn { get; init; }

    /// <summary>Bytes of rows to other tasks.</summary>
    public long? BytesOut { get; init; }

    /// <summary>Rows that were too late.</summary>
    public long? Late { get; init; }

    /// <summary>Records and rows that failed.</summary>
    public long? DeadLettered { get; init; }

    /// <summary>Elements that wait.</summary>
    public long? Queue { get; init; }

    /// <summary>The lowest watermark; null: no task has one.</summary>
    public EventTime? Watermark { get; init; }

    /// <summary>Records that come in a second.</summary>
    public double? InRate { get; init; }

    /// <summary>Records that go out a second.</summary>
    public double? OutRate { get; init; }

    /// <summary>Bytes that come in a second.</summary>
    public double? BytesInRate { get; init; }

    /// <summary>Bytes that go out a second.</summary>
    public double? BytesOutRate { get; init; }

    /// <summary>The mean part of the time in which they work, 0 to 1.</summary>
    public double? Busy { get; init; }

    /// <summary>The mean part of the time in which they have no input, 0 to 1.</summary>
    public double? Idle { get; init; }

    /// <summary>The mean part of the time in which what follows them is full, 0 to 1.</summary>
    public double? BackPressured { get; init; }

    /// <summary>The largest part of a single task.</summary>
    public double? MostBusy { get; init; }

    /// <summary>The largest part of a single task.</summary>
    public double? MostBackPressured { get; init; }

    /// <summary>The level of the task that is held back most; null: not measured.</summary>
    public BackPressureLevel? Level => MostBackPressured is { } most ? TaskRates.LevelOf(most) : null;

    /// <summary>Adds up what tasks have reported.</summary>
    public static FlowSums Of(IEnumerable<TaskInfo> tasks)
    {
        TaskFigures[] figures = [.. tasks.Select(task => task.Figures).OfType<TaskFigures>()];
        if (figures.Length == 0)
        {
            return None;
        }

        TaskRates[] rates = [.. figures.Select(one => one.Rates).OfType<TaskRates>()];
        FlowSums counts = new()
        {
            RecordsIn = figures.Sum(one => one.RecordsIn),
            RecordsOut = figures.Sum(one => one.RecordsOut),
            BytesIn = IsMeasured(figures) ? figures.Sum(one => one.BytesIn) : null,
            BytesOut = figures.Sum(one => one.BytesOut),
            Late = figures.Sum(one => one.Late),
            DeadLettered = figures.Sum(one => one.DeadLettered),
            Queue = figures.Sum(one => (long)one.QueueLength),
            Watermark = figures.Min(one => one.Watermark) is { } lowest && lowest != EventTime.MinValue ? lowest : null,
        };
        return rates.Length == 0 ? counts : counts with
        {
            InRate = rates.Sum(one => one.RecordsIn),
            OutRate = rates.Sum(one => one.RecordsOut),
            BytesInRate = IsMeasured(figures) ? rates.Sum(one => one.BytesIn) : null,
            BytesOutRate = rates.Sum(one => one.BytesOut),
            Busy = rates.Average(one => one.Busy),
            Idle = rates.Average(one => one.Idle),
            BackPressured = rates.Average(one => one.BackPressured),
            MostBusy = rates.Max(one => one.Busy),
            MostBackPressured = rates.Max(one => one.BackPressured),
        };
    }

    // A source that generates its records does not count their bytes.
    private static bool IsMeasured(TaskFigures[] figures) => figures.All(one => one.RecordsIn == 0) || figures.Any(one => one.BytesIn > 0);
}
