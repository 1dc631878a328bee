using QueryStream.Core.Metrics;
using QueryStream.Core.Time;

namespace QueryStream.Wire.Metrics;

/// <summary>The metrics of a task and its operators, by Flink's names. What is not known yet is left out. Pure.</summary>
/// <param name="Figures">What the task has last reported.</param>
/// <param name="OperatorNames">The names of its operators, in the order of the job's graph.</param>
/// <param name="IsSource">Whether it reads from outside, and not from other tasks.</param>
public sealed record TaskMetricList(TaskFigures Figures, IReadOnlyList<string> OperatorNames, bool IsSource)
{
    private const int Second = 1000;

    /// <summary>Those of the task as a whole.</summary>
    public IEnumerable<Metric> OfTask()
    {
        TaskFigures task = Figures;
        yield return Metric.Of("numRecordsIn", task.RecordsIn);
        yield return Metric.Of("numRecordsOut", task.RecordsOut);
        yield return Metric.Of("numBytesIn", task.BytesIn);
        yield return Metric.Of("numBytesOut", task.BytesOut);
        yield return Metric.Of("accumulateBusyTimeMs", (double)(long)task.Busy.TotalMilliseconds);
        yield return Metric.Of("accumulateIdleTimeMs", (long)task.Idle.TotalMilliseconds);
        yield return Metric.Of("accumulateBackPressuredTimeMs", (long)task.BackPressured.TotalMilliseconds);
        yield return Metric.Of("buffers.inputQueueLength", task.QueueLength);
        yield return Metric.Of("buffers.outPoolUsage", task.OutputUsage);
        yield return Metric.Of("numLateRecordsDropped", task.Late);
        yield return Metric.Of("numRecordsDeadLettered", task.DeadLettered);
        if (!IsSource)
        {
            yield return Metric.Of("currentInputWatermark", task.Watermark.Milliseconds);
        }

        if (task.Rates is { } rates)
        {
            yield return Metric.Of("numRecordsInPerSecond", rates.RecordsIn);
            yield return Metric.Of("numRecordsOutPerSecond", rates.RecordsOut);
            yield return Metric.Of("numBytesInPerSecond", rates.BytesIn);
            yield return Metric.Of("numBytesOutPerSecond", rates.BytesOut);
            yield return Metric.Of("busyTimeMsPerSecond", rates.Busy * Second);
            yield return Metric.Of("idleTimeMsPerSecond", (long)Math.Round(rates.Idle * Second));
            yield return Metric.Of("backPressuredTimeMsPerSecond", (long)Math.Round(rates.BackPressured * Second));
            yield return Metric.Of("isBackPressured", rates.BackPressure == BackPressureLevel.Ok ? "false" : "true");
        }

        foreach (Metric metric in Percentiles("sinkLatency", task.RecentSinkLatency).Concat(Percentiles("sinkWriteLatency", task.RecentWriteLatency)))
        {
            yield return metric;
        }

        if (task.Checkpoint is { } checkpoint)
        {
            yield return Metric.Of("checkpointStartDelayNanos", (long)checkpoint.StartDelay.TotalNanoseconds);
            yield return Metric.Of("checkpointAlignmentTime", (long)checkpoint.Alignment.TotalNanoseconds);
            yield return Metric.Of("stateSize", checkpoint.StateBytes);
        }

        foreach ((string name, long count) in task.Counters)
        {
            yield return Metric.Of($"counter.{name}", count);
        }
    }

    /// <summary>Those of each operator, by its name as Flink writes it in ids.</summary>
    public IEnumerable<(string Operator, Metric Metric)> OfOperators()
    {
        for (int index = 0; index < Figures.Operators.Count; index++)
        {
            string name = ScopeOf(OperatorNames.ElementAtOrDefault(index) ?? Figures.Operators[index].Operator.ToString());
            foreach (Metric metric in OfOperator(index))
            {
                yield return (name, metric);
            }
        }

        if (IsSource && OperatorNames.Count > 0)
        {
            string name = ScopeOf(OperatorNames[0]);
            foreach (Metric metric in OfSource())
            {
                yield return (name, metric);
            }
        }
    }

    /// <summary>All of them, those of operators with their operator in front, as the ids of a subtask are.</summary>
    public IEnumerable<Metric> All() =>
        OfTask().Concat(OfOperators().Select(one => one.Metric with { Id = $"{one.Operator}.{one.Metric.Id}" }));

    /// <summary>The name of an operator in ids of metrics: blanks and colons become underscores, as in Flink.</summary>
    public static string ScopeOf(string name) => name.Replace(' ', '_').Replace(':', '_').Replace('.', '_');

    private static IEnumerable<Metric> Percentiles(string name, LatencyCounts latency) => latency.Total == 0 ? [] :
    [
        Metric.Of($"{name}_p50", latency.Percentile(0.5)!.Value),
        Metric.Of($"{name}_p95", latency.Percentile(0.95)!.Value),
        Metric.Of($"{name}_p99", latency.Percentile(0.99)!.Value),
    ];

    private IEnumerable<Metric> OfOperator(int index)
    {
        OperatorFlow flow = Figures.Operators[index];
        yield return Metric.Of("numRecordsIn", flow.In);
        yield return Metric.Of("numRecordsOut", flow.Out);
        yield return Metric.Of("numRecordsFiltered", flow.Filtered);
        yield return Metric.Of("numLateRecordsDropped", flow.Late);
        yield return Metric.Of("numRecordsDeadLettered", flow.DeadLettered);
        if (Figures.Rates?.Operators is { } all && index < all.Count)
        {
            yield return Metric.Of("numRecordsInPerSecond", all[index].In);
            yield return Metric.Of("numRecordsOutPerSecond", all[index].Out);
        }
    }

    private IEnumerable<Metric> OfSource()
    {
        yield return Metric.Of("currentOutputWatermark", Figures.Watermark.Milliseconds);
        if (Figures.Splits.Max(split => split.EmitLag) is { } lag)
        {
            yield return Metric.Of("currentEmitEventTimeLag", (long)lag.TotalMilliseconds);
        }

        if (Figures.Splits.Count > 0 && Figures.Splits.All(split => split.Pending is not null))
        {
            yield return Metric.Of("pendingRecords", Figures.Splits.Sum(split => split.Pending!.Value));
        }

        foreach (SplitFlow split in Figures.Splits)
        {
            string scope = $"split.{ScopeOf(split.Name)}";
            if (split.Offset is { } offset)
            {
                yield return Metric.Of($"{scope}.currentOffset", offset);
            }

            if (split.Watermark != EventTime.MinValue)
            {
                yield return Metric.Of($"{scope}.currentWatermark", split.Watermark.Milliseconds);
            }
        }
    }
}
