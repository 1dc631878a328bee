using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Rest.Model;
using QueryStream.Streams.Graph;

namespace QueryStream.Rest.Views;

/// <summary>A job as its answers show it.</summary>
internal static class JobViews
{
    public static JobOverview OverviewOf(JobHandle job, DateTimeOffset now) => new()
    {
        Id = job.Id.ToString(),
        Name = job.Name,
        StartTime = Times.Of(job.SubmittedAt),
        EndTime = Times.Of(job.EndedAt),
        Duration = DurationOf(job, now),
        State = States.NameOf(job.Status),
        LastModification = Times.Of(job.Reached.Values.Max()),
        Tasks = States.CountWithTotal(job.Tasks),
    };

    public static JobDetailsResponse DetailsOf(JobHandle job, DateTimeOffset now)
    {
        JobVertexDetails[] vertices = [.. VerticesOf(job, now)];
        return new JobDetailsResponse
        {
            Id = job.Id.ToString(),
            Name = job.Name,
            State = States.NameOf(job.Status),
            StartTime = Times.Of(job.SubmittedAt),
            EndTime = Times.Of(job.EndedAt),
            Duration = DurationOf(job, now),
            Now = Times.Of(now),
            Timestamps = States.TimesOf(job),
            Vertices = vertices,
            StatusCounts = States.Count(vertices.Select(vertex => vertex.Status)),
            Plan = PlanOf(job),
            Progress = ProgressOf(job),
        };
    }

    public static JobPlan PlanOf(JobHandle job) => new()
    {
        Id = job.Id.ToString(),
        Name = job.Name,
        Nodes = job.Graph is { } graph ? [.. graph.Vertices.Reverse().Select(vertex => NodeOf(graph, vertex))] : [],
    };

    private static long DurationOf(JobHandle job, DateTimeOffset now) => (long)((job.EndedAt ?? now) - job.SubmittedAt).TotalMilliseconds;

    private static IEnumerable<JobVertexDetails> VerticesOf(JobHandle job, DateTimeOffset now)
    {
        ILookup<VertexId, TaskInfo> tasks = job.Tasks.ToLookup(task => task.Task.Vertex);
        return job.Graph is { } graph ? graph.Vertices.Select(vertex => VertexOf(job, graph, vertex, [.. tasks[vertex.Id]], now)) : [];
    }

    // Flink's are random; this one is the same in every answer.
    private static string SlotSharingGroupIdOf(JobHandle job, JobVertex vertex) =>
        new JobId(job.Id.Value + (uint)vertex.FirstSlot).ToString();

    private static JobVertexDetails VertexOf(JobHandle job, JobGraph graph, JobVertex vertex, IReadOnlyList<TaskInfo> tasks, DateTimeOffset now)
    {
        DateTimeOffset? start = tasks.Min(task => task.DeployedAt);
        DateTimeOffset? end = tasks.Count > 0 && tasks.All(task => task.EndedAt is not null) ? tasks.Max(task => task.EndedAt) : null;
        return new JobVertexDetails
        {
            Id = vertex.Id.ToString(),
            SlotSharingGroupId = SlotSharingGroupIdOf(job, vertex),
            Name = vertex.Name,
            MaxParallelism = graph.KeyGroups,
            Parallelism = vertex.Parallelism,
            Status = States.NameOf(States.Of(tasks)),
            StartTime = Times.Of(start),
            EndTime = Times.Of(end),
            Duration = start is null ? -1 : (long)((end ?? now) - start.Value).TotalMilliseconds,
            Tasks = States.Count(tasks.Select(task => States.NameOf(task.State))),
            Metrics = IoViews.Of(tasks),
        };
    }

    private static JobPlanNode NodeOf(JobGraph graph, JobVertex vertex)
    {
        JobEdge[] edges = [.. graph.Edges.Where(edge => edge.To == vertex)];
        return new JobPlanNode
        {
            Id = vertex.Id.ToString(),
            Parallelism = vertex.Parallelism,
            Description = string.Concat(vertex.Nodes.Select((node, index) => $"{(index == 0 ? "" : "+- ")}{node.Name}<br/>")),
            Inputs = edges.Length == 0 ? null :
            [
                .. edges.Select((edge, index) => new JobPlanInput
                {
                    Number = index,
                    Id = edge.From.Id.ToString(),
                    ShipStrategy = string.Join(", ", edge.Links.Select(link => link.Exchange.Strategy).Distinct()),
                }),
            ],
        };
    }

    private static JobProgress ProgressOf(JobHandle job)
    {
        JobMetrics metrics = job.Metrics();
        CheckpointStatistics checkpoints = job.Checkpoints;
        return new JobProgress
        {
            Failure = job.Failure?.Message,
            Restarts = job.Restarts,
            RestartCause = job.RestartCause?.Message,
            WaitsFor = job.WaitsFor,
            Parallelism = job.Parallelism,
            WantedParallelism = job.WantedParallelism,
            RunningTime = (long)metrics.RunningFor.TotalMilliseconds,
            RecordsRead = metrics.RecordsRead,
            RecordsAcknowledged = metrics.Acknowledged,
            LateDropped = metrics.LateDropped,
            Watermark = metrics.Watermark == EventTime.MinValue ? null : metrics.Watermark.Milliseconds,
            Counters = metrics.Counters,
            DeadLetters = metrics.DeadLetters,
            Problems = metrics.Problems,
            CheckpointsCompleted = checkpoints.Completed,
            CheckpointsFailed = checkpoints.Failed,
            LastCheckpoint = checkpoints.AreDiscarded ? null : checkpoints.LastCompleted?.Path,
            RestoredFrom = checkpoints.RestoredFrom,
        };
    }
}
