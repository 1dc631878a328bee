using System.Collections.Concurrent;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Streams.Metrics;

namespace QueryStream.Runtime.Tasks;

/// <summary>The metrics of a task. Written in its turns, acknowledgements on any thread; read on any thread.</summary>
public sealed class TaskMetrics
{
    private readonly ConcurrentDictionary<string, Counter> _counters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Counter> _deadLetters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _examples = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);
    private TaskFlow? _flow;
    private CheckpointSample? _checkpoint;
    private IReadOnlyList<SplitFlow> _splits = [];
    private long _watermark = long.MinValue;
    private long _acknowledged;
    private long _lastAcknowledgement;

    /// <summary>Records that a source has read, including dead letters.</summary>
    public Counter RecordsRead { get; } = new("recordsRead");

    /// <summary>Rows that came from other tasks.</summary>
    public Counter RowsIn { get; } = new("rowsIn");

    /// <summary>Bytes of the records that a source has read, as they were stored; 0 where the source cannot tell.</summary>
    public Counter BytesRead { get; } = new("bytesRead");

    /// <summary>Bytes that its sinks have written; 0 where they cannot tell.</summary>
    public Counter BytesWritten { get; } = new("bytesWritten");

    /// <summary>How it spends its time.</summary>
    public TaskTimes Times { get; } = new();

    /// <summary>How far rows were behind the clock by their event time when they came to its sinks; by batch, that of its first row.</summary>
    public LatencyRecorder SinkLatency { get; } = new();

    /// <summary>How long external systems took to acknowledge a write of its sinks, where they record it.</summary>
    public LatencyRecorder WriteLatency { get; } = new();

    /// <summary>Its last checkpoint; null before the first.</summary>
    public CheckpointSample? Checkpoint
    {
        get => Volatile.Read(ref _checkpoint);
        internal set => Volatile.Write(ref _checkpoint, value);
    }

    /// <summary>What passes it; null before its operators are created.</summary>
    public TaskFlow? Flow
    {
        get => Volatile.Read(ref _flow);
        internal set => Volatile.Write(ref _flow, value);
    }

    /// <summary>The splits of its source, at most a second old while it is polled; empty without a source.</summary>
    public IReadOnlyList<SplitFlow> Splits
    {
        get => Volatile.Read(ref _splits);
        internal set => Volatile.Write(ref _splits, value);
    }

    /// <summary>Rows that were too late for a window.</summary>
    public Counter LateDropped { get; } = new("lateDropped");

    /// <summary>Counters that the job declared.</summary>
    public IReadOnlyDictionary<string, Counter> Counters => _counters;

    /// <summary>Dead letters by reason.</summary>
    public IReadOnlyDictionary<string, Counter> DeadLetters => _deadLetters;

    /// <summary>The first dead letter of each reason: the error and its place.</summary>
    public IReadOnlyDictionary<string, string> DeadLetterExamples => _examples;

    /// <summary>Current problems with external systems, by operator.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>The task's watermark.</summary>
    public EventTime Watermark
    {
        get => new(Volatile.Read(ref _watermark));
        internal set => Volatile.Write(ref _watermark, value.Milliseconds);
    }

    /// <summary>Rows that external systems have acknowledged.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary><see cref="TimeProvider.GetTimestamp"/> at the last acknowledgement; 0 before the first.</summary>
    public long LastAcknowledgement => Volatile.Read(ref _lastAcknowledgement);

    /// <summary>A counter of the job in this task; the same object for the same name.</summary>
    internal Counter CounterOf(string name) => _counters.GetOrAdd(name, static n => new Counter(n));

    internal Counter DeadLettersOf(string reason) => _deadLetters.GetOrAdd(reason, static n => new Counter(n));

    internal void SetProblem(string operatorName, string? problem)
    {
        if (problem is null)
        {
            _problems.TryRemove(operatorName, out _);
        }
        else
        {
            _problems[operatorName] = problem;
        }
    }

    internal bool HasExampleOf(string reason) => _examples.ContainsKey(reason);

    internal void AddExample(string reason, string example) => _examples.TryAdd(reason, example);

    // Several writers of one task may be acknowledged on several threads at once.
    internal void Acknowledge(long rows, long timestamp)
    {
        Interlocked.Add(ref _acknowledged, rows);
        Volatile.Write(ref _lastAcknowledgement, timestamp);
    }
}
