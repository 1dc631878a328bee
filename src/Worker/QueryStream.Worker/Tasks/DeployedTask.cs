using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Metrics;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Worker.Tasks;

/// <summary>A task in a slot of this worker.</summary>
/// <param name="deployment">Its deployment.</param>
/// <param name="handle">The started task.</param>
internal sealed class DeployedTask(TaskDeployment deployment, TaskHandle handle)
{
    public TaskId Id { get; } = deployment.Id;

    public string DisplayName { get; } = deployment.DisplayName;

    /// <summary>The last state that it has reported; Initializing before the first report.</summary>
    public ExecutionState State { get; set; } = ExecutionState.Initializing;

    public bool IsRunning => State == ExecutionState.Running;

    public bool HasEnded => State is ExecutionState.Finished or ExecutionState.Canceled or ExecutionState.Failed;

    /// <summary>Its final snapshot, once it is stored; null before. A coordinator that takes the job over needs it.</summary>
    public TaskSnapshot? Final { get; set; }

    /// <summary>Its last reports.</summary>
    public TaskSamples Samples { get; } = new();

    /// <summary>As others see it; null before its first report.</summary>
    public RunningTask? View => Samples.Figures is { } figures
        ? new RunningTask(Id, deployment.Graph.Name, deployment.Vertex, deployment.Attempt, figures)
        : null;

    public TaskEndpoint Endpoint => handle.Endpoint;

    public void Tell(in TaskMessage message) => handle.Mailbox.Tell(message);

    /// <summary>Reads the metrics. Names are sorted, so that a simulation replays the same messages.</summary>
    public TaskSample Sample(TimeProvider time)
    {
        TaskMetrics metrics = handle.Metrics;
        long acknowledgedAt = metrics.LastAcknowledgement;
        TaskTimeTotals times = metrics.Times.Read(time.GetTimestamp());
        TaskFlow? flow = metrics.Flow;
        TaskSample sample = new(Id)
        {
            RecordsRead = metrics.RecordsRead.Value,
            BytesRead = metrics.BytesRead.Value,
            RowsIn = metrics.RowsIn.Value,
            BytesIn = flow?.BytesIn ?? 0,
            RowsOut = flow?.RowsOut ?? 0,
            BytesOut = flow?.BytesOut ?? 0,
            Idle = time.GetElapsedTime(0, times.Idle),
            Busy = time.GetElapsedTime(0, times.Busy),
            BackPressured = time.GetElapsedTime(0, times.BackPressured),
            QueueLength = flow?.QueueLength ?? 0,
            OutputUsage = flow?.OutputUsage ?? 0,
            Operators = flow?.Operators ?? [],
            Splits = metrics.Splits,
            SinkLatency = metrics.SinkLatency.Read(),
            BytesWritten = metrics.BytesWritten.Value,
            WriteLatency = metrics.WriteLatency.Read(),
            Checkpoint = metrics.Checkpoint,
            LateDropped = metrics.LateDropped.Value,
            Acknowledged = metrics.Acknowledged,
            SinceAcknowledgement = acknowledgedAt == 0 ? null : time.GetElapsedTime(acknowledgedAt),
            Watermark = metrics.Watermark,
            Counters = Sorted(metrics.Counters),
            DeadLetters = Sorted(metrics.DeadLetters),
            DeadLetterExamples = Sorted(metrics.DeadLetterExamples),
            Problems = Sorted(metrics.Problems),
        };
        Samples.Add(sample);
        return sample;
    }

    private static NamedText[] Sorted(IReadOnlyDictionary<string, string> texts) =>
        [.. texts.Select(text => new NamedText(text.Key, text.Value)).OrderBy(text => text.Name, StringComparer.Ordinal)];

    private static NamedCount[] Sorted(IReadOnlyDictionary<string, Counter> counters)
    {
        NamedCount[] counts = [.. counters.Select(counter => new NamedCount(counter.Key, counter.Value.Value))];
        Array.Sort(counts, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return counts;
    }
}
