using QueryStream.Coordinator;
using QueryStream.Rest.Model;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Views;

/// <summary>What has passed tasks, as answers show it.</summary>
internal static class IoViews
{
    /// <summary>The sums over the tasks.</summary>
    public static IoMetrics Of(IReadOnlyCollection<TaskInfo> tasks)
    {
        bool isComplete = tasks.All(task => task.Figures is not null);
        TaskFigures[] figures = [.. tasks.Select(task => task.Figures).OfType<TaskFigures>()];
        return new IoMetrics
        {
            ReadBytes = figures.Sum(task => task.BytesIn),
            ReadBytesComplete = isComplete,
            WriteBytes = figures.Sum(task => task.BytesOut),
            WriteBytesComplete = isComplete,
            ReadRecords = figures.Sum(task => task.RecordsIn),
            ReadRecordsComplete = isComplete,
            WriteRecords = figures.Sum(task => task.RecordsOut),
            WriteRecordsComplete = isComplete,
            AccumulatedBackpressuredTime = figures.Sum(task => (long)task.BackPressured.TotalMilliseconds),
            AccumulatedIdleTime = figures.Sum(task => (long)task.Idle.TotalMilliseconds),
            AccumulatedBusyTime = figures.Sum(task => (long)task.Busy.TotalMilliseconds),
        };
    }
}
