using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Rest.Views;
using QueryStream.Streams.Graph;

namespace QueryStream.Web.Watching;

/// <summary>What is kept of a job from sample to sample. Used by one thread, apart from <see cref="Detail"/>.</summary>
/// <param name="job">The job.</param>
/// <param name="time">The clock.</param>
internal sealed class JobTracker(JobHandle job, TimeProvider time)
{
    private readonly RateMeter _reads = new(time);
    private readonly RateMeter _writes = new(time);
    private readonly Series _readSeries = new(Series.DefaultCapacity);
    private readonly Series _writeSeries = new(Series.DefaultCapacity);

    // Guards the series and the detail: pages ask for details while the next sample is taken.
    private readonly Lock _lock = new();
    private JobDetail? _detail;
    private JobGraph? _graph;
    private HashSet<VertexId> _sources = [];

    /// <summary>The job.</summary>
    public JobHandle Job => job;

    /// <summary>The last sample; set before anybody sees the tracker.</summary>
    public JobSample Last { get; private set; } = new(job.Id, job.Name, job.Status, job.SubmittedAt);

    /// <summary>Whether nothing about it changes any more.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Takes a sample.</summary>
    public void Sample(DateTimeOffset now, long timestamp)
    {
        lock (_lock)
        {
            bool hasEnded = job.EndedAt is not null;
            JobMetrics metrics = job.Metrics();
            IReadOnlyList<TaskInfo> tasks = job.Tasks;
            FlowSums sources = SourcesOf(tasks);
            double? reads = hasEnded ? null : _reads.Add(metrics.RecordsRead, timestamp);
            double? writes = hasEnded ? null : _writes.Add(metrics.Acknowledged, timestamp);
            _readSeries.Add(reads);
            _writeSeries.Add(writes);
            Last = new JobSample(job.Id, job.Name, job.Status, job.SubmittedAt)
            {
                EndedAt = job.EndedAt,
                Tasks = TaskCounts.Of(tasks),
                TaskCount = tasks.Count,
                RecordsRead = metrics.RecordsRead,
                Acknowledged = metrics.Acknowledged,
                ReadRate = reads,
                WriteRate = writes,
                BytesRead = sources.BytesIn,
                BytesReadRate = hasEnded ? null : sources.BytesInRate,
                LastCheckpoint = job.Checkpoints.LastCompleted,
                WatermarkLag = hasEnded ? null : LagOf(metrics.Watermark, now),
                Restarts = job.Restarts,
                WaitsFor = job.WaitsFor,
            };
            _detail = null;
            IsFinal = hasEnded;
        }
    }

    /// <summary>The job for its page: made once for all pages that show it. Thread-safe.</summary>
    public JobDetail Detail(DateTimeOffset now)
    {
        lock (_lock)
        {
            return _detail ??= DetailAt(now);
        }
    }

    /// <summary>How far a watermark is behind the clock; null: there is none, or it is at the end.</summary>
    public static TimeSpan? LagOf(EventTime watermark, DateTimeOffset now) =>
        watermark == EventTime.MinValue || watermark == EventTime.MaxValue
            ? null
            : watermark.Behind(now);

    private FlowSums SourcesOf(IReadOnlyList<TaskInfo> tasks)
    {
        if (job.Graph is not { } graph)
        {
            return FlowSums.None;
        }

        if (_graph != graph)
        {
            (_graph, _sources) = (graph, [.. graph.Vertices.Where(vertex => vertex.Head.Inputs.Count == 0).Select(vertex => vertex.Id)]);
        }

        return FlowSums.Of(tasks.Where(task => _sources.Contains(task.Task.Vertex)));
    }

    private JobDetail DetailAt(DateTimeOffset now) => new(Last, job.Submission, job.Metrics(), job.Checkpoints)
    {
        At = now,
        Graph = job.Graph,
        Parallelism = job.Parallelism,
        WantedParallelism = job.WantedParallelism,
        Vertices = job.Graph is { } graph ? VerticesOf(graph, job.Tasks, job.Checkpoints.LastCompleted) : [],
        FormerTasks = job.FormerTasks,
        Failures = job.Failures,
        Events = job.Events,
        Failure = job.Failure,
        Reached = job.Reached,
        Reads = _readSeries.ToArray(),
        Writes = _writeSeries.ToArray(),
    };

    private static IReadOnlyList<VertexSample> VerticesOf(JobGraph graph, IReadOnlyList<TaskInfo> tasks, CheckpointInfo? checkpoint)
    {
        ILookup<VertexId, TaskInfo> byVertex = tasks.ToLookup(task => task.Task.Vertex);
        Dictionary<VertexId, long>? state = checkpoint?.Subtasks.GroupBy(part => part.Task.Vertex)
            .ToDictionary(parts => parts.Key, parts => parts.Sum(part => part.StateBytes));
        return
        [
            .. graph.Vertices.Select(vertex =>
            {
                TaskInfo[] own = [.. byVertex[vertex.Id]];
                return new VertexSample(vertex, States.Of(own), own)
                {
                    StateBytes = state is not null && state.TryGetValue(vertex.Id, out long bytes) ? bytes : null,
                };
            }),
        ];
    }
}
