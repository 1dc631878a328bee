namespace QueryStream.Wire.Metrics;

/// <summary>What a metric means.</summary>
/// <param name="Id">Its name, as <see cref="Metric.Id"/>.</param>
/// <param name="Unit">Its unit, for people.</param>
/// <param name="Description">Its meaning.</param>
/// <param name="IsCounter">Whether it only grows, until its task or process starts anew.</param>
public sealed record MetricInfo(string Id, string Unit, string Description, bool IsCounter = false);

/// <summary>All metrics that are exported, by scope. Tests compare them with docs/metrics.md, and with what the scopes really have.</summary>
public static class MetricCatalog
{
    private const string Rows = "records";
    private const string Bytes = "bytes";
    private const string Milliseconds = "ms";
    private const string PerSecond = "records/s";
    private const string MillisecondsPerSecond = "ms/s";
    private const string EventTime = "ms since 1970";

    /// <summary>Of a task: a subtask of a vertex.</summary>
    public static IReadOnlyList<MetricInfo> Task { get; } =
    [
        new("numRecordsIn", Rows, "Records that its sources have read, and rows from other tasks", IsCounter: true),
        new("numRecordsOut", Rows, "Rows to other tasks, and rows that external systems have acknowledged to its sinks", IsCounter: true),
        new("numBytesIn", Bytes, "Bytes of what came in: records as they were stored, rows as they are in memory", IsCounter: true),
        new("numBytesOut", Bytes, "Bytes of rows to other tasks, as they are in memory, and of what its sinks have written", IsCounter: true),
        new("numRecordsInPerSecond", PerSecond, "Records in over the last 5 s"),
        new("numRecordsOutPerSecond", PerSecond, "Records out over the last 5 s"),
        new("numBytesInPerSecond", "bytes/s", "Bytes in over the last 5 s"),
        new("numBytesOutPerSecond", "bytes/s", "Bytes out over the last 5 s"),
        new("busyTimeMsPerSecond", MillisecondsPerSecond, "How much of each second it has worked, over the last 5 s"),
        new("idleTimeMsPerSecond", MillisecondsPerSecond, "How much of each second it had no input"),
        new("backPressuredTimeMsPerSecond", MillisecondsPerSecond, "How much of each second it took no input, since what follows it was full"),
        new("accumulateBusyTimeMs", Milliseconds, "How long it has worked", IsCounter: true),
        new("accumulateIdleTimeMs", Milliseconds, "How long it had no input", IsCounter: true),
        new("accumulateBackPressuredTimeMs", Milliseconds, "How long it took no input, since what follows it was full", IsCounter: true),
        new("buffers.inputQueueLength", "elements", "Batches and control elements that wait for it"),
        new("buffers.outPoolUsage", "ratio", "How full its fullest output channel is; 1 and more: it waits for credit"),
        new("numLateRecordsDropped", Rows, "Rows that were too late for a window, once for each window", IsCounter: true),
        new("numRecordsDeadLettered", Rows, "Records and rows that failed and went to the dead letters", IsCounter: true),
        new("currentInputWatermark", EventTime, "Its watermark; not of sources"),
        new("sinkLatency_p50", Milliseconds, "How far rows were behind the clock by event time when they came to sinks, over the last 5 s: median"),
        new("sinkLatency_p95", Milliseconds, "The same: 95th percentile, the upper bound of its bucket"),
        new("sinkLatency_p99", Milliseconds, "The same: 99th percentile"),
        new("sinkWriteLatency_p50", Milliseconds, "How long Redis took to acknowledge a write of its sinks, over the last 5 s: median"),
        new("sinkWriteLatency_p95", Milliseconds, "The same: 95th percentile, the upper bound of its bucket"),
        new("sinkWriteLatency_p99", Milliseconds, "The same: 99th percentile"),
        new("checkpointStartDelayNanos", "ns", "In its last checkpoint: from when its worker was told of it to its first barrier"),
        new("checkpointAlignmentTime", "ns", "In its last checkpoint: from its first barrier to its last"),
        new("stateSize", Bytes, "The stored bytes of its state in its last checkpoint"),
    ];

    /// <summary>
    /// How far rows were behind the clock by their event time when they came to the sinks of a task: the buckets of a histogram, with their upper
    /// bound in milliseconds as the label <c>le</c>, for Prometheus' <c>histogram_quantile</c>.
    /// </summary>
    public static MetricInfo SinkLatency { get; } =
        new("sinkLatency_bucket", Rows, "Rows that came to its sinks at most so many milliseconds after their event time", IsCounter: true);

    /// <summary>How long Redis took to acknowledge a write of the sinks of a task: buckets like those of <see cref="SinkLatency"/>.</summary>
    public static MetricInfo SinkWriteLatency { get; } =
        new("sinkWriteLatency_bucket", "writes", "Writes of its sinks that Redis acknowledged after at most so many milliseconds", IsCounter: true);

    /// <summary>Of an operator in a task.</summary>
    public static IReadOnlyList<MetricInfo> Operator { get; } =
    [
        new("numRecordsIn", Rows, "Rows that came in", IsCounter: true),
        new("numRecordsOut", Rows, "Rows that went out", IsCounter: true),
        new("numRecordsInPerSecond", PerSecond, "Rows in over the last 5 s"),
        new("numRecordsOutPerSecond", PerSecond, "Rows out over the last 5 s"),
        new("numRecordsFiltered", Rows, "Rows that were dropped on purpose", IsCounter: true),
        new("numLateRecordsDropped", Rows, "Rows that were too late", IsCounter: true),
        new("numRecordsDeadLettered", Rows, "Rows that failed", IsCounter: true),
        new("currentOutputWatermark", EventTime, "The watermark of a source"),
        new("currentEmitEventTimeLag", Milliseconds, "How far the newest event time was behind the clock when it was emitted; the worst split"),
        new("pendingRecords", Rows, "Records that a source has not read: of Kafka, up to the high watermarks; only if all splits know it"),
    ];

    /// <summary>Of a process, whatever its role is.</summary>
    public static IReadOnlyList<MetricInfo> Process { get; } =
    [
        new("Status.JVM.CPU.Load", "ratio", "The part of its processors that it uses, 0 to 1"),
        new("Status.JVM.CPU.Time", "ns", "CPU time of all threads", IsCounter: true),
        new("Status.JVM.Memory.Heap.Used", Bytes, "Objects on the managed heap, those not collected yet included"),
        new("Status.JVM.Memory.Heap.Committed", Bytes, "What the collector has taken from the system"),
        new("Status.JVM.Memory.Heap.Max", Bytes, "What the collector may take"),
        new("Status.JVM.Threads.Count", "threads", "Threads of the operating system"),
        new("Status.JVM.ClassLoader.ClassesLoaded", "assemblies", "Loaded assemblies"),
        new("Status.JVM.GarbageCollector.All.Count", "collections", "Collections of any generation", IsCounter: true),
        new("Status.JVM.GarbageCollector.All.Time", Milliseconds, "How long they have stopped all threads", IsCounter: true),
        new("Status.JVM.GarbageCollector.Gen0.Count", "collections", "Collections of generation 0 or higher", IsCounter: true),
        new("Status.JVM.GarbageCollector.Gen1.Count", "collections", "Collections of generation 1 or higher", IsCounter: true),
        new("Status.JVM.GarbageCollector.Gen2.Count", "collections", "Collections of generation 2", IsCounter: true),
        new("Status.Process.Memory.WorkingSet", Bytes, "Resident memory"),
        new("Status.Process.Memory.Allocated", Bytes, "Bytes allocated on the managed heap", IsCounter: true),
    ];

    /// <summary>Of the leading coordinator.</summary>
    public static IReadOnlyList<MetricInfo> Coordinator { get; } =
    [
        new("numRegisteredTaskManagers", "workers", "Registered workers"),
        new("numRunningJobs", "jobs", "Jobs that run"),
        new("taskSlotsAvailable", "slots", "Free slots"),
        new("taskSlotsTotal", "slots", "All slots"),
    ];

    /// <summary>Of a job.</summary>
    public static IReadOnlyList<MetricInfo> Job { get; } =
    [
        new("numRestarts", "restarts", "Restarts after a failure, and moves", IsCounter: true),
        new("fullRestarts", "restarts", "The same", IsCounter: true),
        new("uptime", Milliseconds, "How long it has been RUNNING; 0 while it is not, -1 after its end"),
        new("downtime", Milliseconds, "How long it has been RESTARTING; 0 while it is not, -1 after its end"),
        new("initializingTime", Milliseconds, "How long it has been INITIALIZING; 0 while it is not"),
        new("createdTime", Milliseconds, "How long it has been CREATED; 0 while it is not"),
        new("runningTime", Milliseconds, "How long it has been RUNNING; 0 while it is not"),
        new("restartingTime", Milliseconds, "How long it has been RESTARTING; 0 while it is not"),
        new("cancellingTime", Milliseconds, "How long it has been CANCELLING; 0 while it is not"),
        new("failingTime", Milliseconds, "How long it has been FAILING; 0 while it is not"),
        new("numberOfCompletedCheckpoints", "checkpoints", "Completed checkpoints and savepoints", IsCounter: true),
        new("numberOfFailedCheckpoints", "checkpoints", "Failed ones", IsCounter: true),
        new("numberOfInProgressCheckpoints", "checkpoints", "Those under way: 0 or 1"),
        new("totalNumberOfCheckpoints", "checkpoints", "All of them", IsCounter: true),
        new("lastCheckpointDuration", Milliseconds, "How long the last completed checkpoint took"),
        new("lastCheckpointSize", Bytes, "What was written for it"),
        new("lastCheckpointFullSize", Bytes, "The whole state in it"),
        new("lastCompletedCheckpointId", "number", "Its id"),
        new("lastRecoveryDuration", Milliseconds, "From the last failure until all tasks ran again"),
        new("numRecordsRead", Rows, "Records that sources have read, over all attempts", IsCounter: true),
        new("numRecordsAcknowledged", Rows, "Rows that external systems have acknowledged, over all attempts", IsCounter: true),
        new("numLateRecordsDropped", Rows, "Rows that were too late, over all attempts", IsCounter: true),
        new("numRecordsDeadLettered", Rows, "Dead letters, over all attempts", IsCounter: true),
    ];

    /// <summary>
    /// How long each phase of the last recovery of a job took, with the phase as the label <c>phase</c>; in REST behind the name and a dot.
    /// </summary>
    public static MetricInfo RecoveryPhase { get; } =
        new("lastRecoveryPhaseDuration", Milliseconds, "How long a phase of that recovery took: from the end of the phase before it");
}
