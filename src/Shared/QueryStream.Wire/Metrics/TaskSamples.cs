using QueryStream.Core.Metrics;
using QueryStream.Wire.Control;

namespace QueryStream.Wire.Metrics;

/// <summary>The last reports of one task, from which its rates come. Used by one thread at a time.</summary>
public sealed class TaskSamples
{
    // One report a second; a shorter time shows more of how batches come than of how fast the task is.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);

    private readonly Queue<TaskSample> _before = new();
    private TaskFigures? _figures;

    /// <summary>The last report; null before the first.</summary>
    public TaskSample? Last { get; private set; }

    /// <summary>What it says; null before the first.</summary>
    public TaskFigures? Figures => _figures ??= Last is { } last ? FiguresOf(last) : null;

    /// <summary>Takes a report.</summary>
    public void Add(TaskSample sample)
    {
        if (Last is not null)
        {
            // One that is older than the window stays, so that the rates cover all of it.
            _before.Enqueue(Last);
            while (_before.Count > 1 && _before.ElementAt(1).Runtime <= sample.Runtime - Window)
            {
                _before.Dequeue();
            }
        }

        Last = sample;
        _figures = null;
    }

    private TaskFigures FiguresOf(TaskSample sample) => new()
    {
        RecordsIn = RecordsInOf(sample),
        RecordsOut = RecordsOutOf(sample),
        BytesIn = BytesInOf(sample),
        BytesOut = BytesOutOf(sample),
        Late = sample.LateDropped,
        DeadLettered = sample.DeadLetters.Sum(reason => reason.Count),
        Idle = sample.Idle,
        Busy = sample.Busy,
        BackPressured = sample.BackPressured,
        Watermark = sample.Watermark,
        QueueLength = sample.QueueLength,
        OutputUsage = sample.OutputUsage,
        Rates = _before.TryPeek(out TaskSample? first) ? RatesOf(first, sample) : null,
        Operators = sample.Operators,
        Splits = sample.Splits,
        SinkLatency = sample.SinkLatency,
        RecentSinkLatency = Recent(sample, static one => one.SinkLatency),
        WriteLatency = sample.WriteLatency,
        RecentWriteLatency = Recent(sample, static one => one.WriteLatency),
        Checkpoint = sample.Checkpoint,
        Counters = new SortedDictionary<string, long>(
            sample.Counters.ToDictionary(counter => counter.Name, counter => counter.Count), StringComparer.Ordinal),
    };

    private LatencyCounts Recent(TaskSample sample, Func<TaskSample, LatencyCounts> latency) =>
        latency(sample).Since(_before.TryPeek(out TaskSample? oldest) ? latency(oldest) : LatencyCounts.None);

    private static TaskRates? RatesOf(TaskSample first, TaskSample last)
    {
        double seconds = (last.Runtime - first.Runtime).TotalSeconds;
        return seconds <= 0 ? null : new TaskRates(
            (RecordsInOf(last) - RecordsInOf(first)) / seconds,
            (RecordsOutOf(last) - RecordsOutOf(first)) / seconds,
            (BytesInOf(last) - BytesInOf(first)) / seconds,
            (BytesOutOf(last) - BytesOutOf(first)) / seconds)
        {
            Idle = (last.Idle - first.Idle).TotalSeconds / seconds,
            Busy = (last.Busy - first.Busy).TotalSeconds / seconds,
            BackPressured = (last.BackPressured - first.BackPressured).TotalSeconds / seconds,
            Operators = [.. last.Operators.Select((flow, index) => RatesOf(first.Operators.ElementAtOrDefault(index), flow, seconds))],
        };
    }

    private static OperatorRates RatesOf(OperatorFlow? first, OperatorFlow last, double seconds) =>
        new((last.In - (first?.In ?? 0)) / seconds, (last.Out - (first?.Out ?? 0)) / seconds);

    private static long RecordsInOf(TaskSample sample) => sample.RecordsRead + sample.RowsIn;

    private static long RecordsOutOf(TaskSample sample) => sample.RowsOut + sample.Acknowledged;

    private static long BytesInOf(TaskSample sample) => sample.BytesRead + sample.BytesIn;

    private static long BytesOutOf(TaskSample sample) => sample.BytesOut + sample.BytesWritten;
}
