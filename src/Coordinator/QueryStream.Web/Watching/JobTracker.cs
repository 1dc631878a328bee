using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Rest.Views;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

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
    private readonly Dictionary<VertexId, VertexTracker> _vertices = [];

    // Guards the vertices and series: pages ask for details while the next sample is taken.
    private readonly Lock _lock = new();
    private JobDetail? _detail;

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
            double? reads = hasEnded ? null : _reads.Add(metrics.RecordsRead, timestamp);
            double? writes = hasEnded ? null : _writes.Add(metrics.Acknowledged, timestamp);
            _readSeries.Add(reads);
            _writeSeries.Add(writes);
            SampleVertices(tasks, now, timestamp);
            Last = new JobSample(job.Id, job.Name, job.Status, job.SubmittedAt)
            {
                EndedAt = job.EndedAt,
                Tasks = TaskCounts.Of(tasks),
                TaskCount = tasks.Count,
                RecordsRead = metrics.RecordsRead,
                Acknowledged = metrics.Acknowledged,
                ReadRate = reads,
                WriteRate = writes,
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
            : TimeSpan.FromMilliseconds(EventTime.From(now).MillisecondsSince(watermark));

    private void SampleVertices(IReadOnlyList<TaskInfo> tasks, DateTimeOffset now, long timestamp)
    {
        if (job.Graph is not { } graph || IsFinal)
        {
            return;
        }

        // Tasks are sorted by vertex, so those of one are beside each other.
        for (int first = 0; first < tasks.Count;)
        {
            int next = first + 1;
            while (next < tasks.Count && tasks[next].Task.Vertex == tasks[first].Task.Vertex)
            {
                next++;
            }

            VertexId id = tasks[first].Task.Vertex;
            if (!_vertices.TryGetValue(id, out VertexTracker? vertex))
            {
                _vertices[id] = vertex = new VertexTracker(time);
            }

            vertex.Sample([.. tasks.Skip(first).Take(next - first)], now, timestamp);
            first = next;
        }

        if (_vertices.Count > graph.Vertices.Count)
        {
            HashSet<VertexId> there = [.. graph.Vertices.Select(vertex => vertex.Id)];
            foreach (VertexId gone in _vertices.Keys.Where(id => !there.Contains(id)).ToArray())
            {
                _vertices.Remove(gone);
            }
        }
    }

    private JobDetail DetailAt(DateTimeOffset now) => new(Last, job.Submission, job.Metrics(), job.Checkpoints)
    {
        At = now,
        Graph = job.Graph,
        Parallelism = job.Parallelism,
        WantedParallelism = job.WantedParallelism,
        Vertices = job.Graph is { } graph ? [.. graph.Vertices.Select(VertexOf)] : [],
        Events = job.Events,
        Failure = job.Failure,
        RestartCause = job.RestartCause,
        Reached = job.Reached,
        Reads = _readSeries.ToArray(),
        Writes = _writeSeries.ToArray(),
    };

    private VertexSample VertexOf(JobVertex vertex) => _vertices.TryGetValue(vertex.Id, out VertexTracker? tracker)
        ? tracker.ToSample(vertex)
        : new VertexSample(vertex, ExecutionState.Created, []);

    /// <summary>What is kept of a vertex.</summary>
    private sealed class VertexTracker(TimeProvider time)
    {
        private readonly RateMeter _reads = new(time);
        private readonly RateMeter _rows = new(time);
        private readonly RateMeter _writes = new(time);
        private readonly StateHistory _states = new();
        private TaskInfo[] _tasks = [];

        public void Sample(TaskInfo[] tasks, DateTimeOffset now, long timestamp)
        {
            _tasks = tasks;
            _states.Add(States.Of(tasks), now);
            _reads.Add(tasks.Sum(task => task.RecordsRead), timestamp);
            _rows.Add(tasks.Sum(task => task.RowsIn), timestamp);
            _writes.Add(tasks.Sum(task => task.Acknowledged), timestamp);
        }

        public VertexSample ToSample(JobVertex vertex) => new(vertex, States.Of(_tasks), _tasks)
        {
            RecordsRead = _tasks.Sum(task => task.RecordsRead),
            RowsIn = _tasks.Sum(task => task.RowsIn),
            Acknowledged = _tasks.Sum(task => task.Acknowledged),
            ReadRate = _reads.PerSecond,
            InRate = _rows.PerSecond,
            WriteRate = _writes.PerSecond,
            States = _states.ToArray(),
        };
    }
}
