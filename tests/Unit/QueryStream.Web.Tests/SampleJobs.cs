using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using QueryStream.Web.Watching;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Web.Tests;

/// <summary>Jobs as the coordinator would publish them.</summary>
internal static class SampleJobs
{
    public static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly JobId Id = new(42);

    /// <summary>A graph of a source and a keyed count.</summary>
    public static JobGraph Graph(int parallelism = 2) =>
        JobGraph.Create(StreamBuilder.Build(new LambdaJob("job", Define), JobSettings.None), parallelism);

    /// <summary>A task of a vertex.</summary>
    public static TaskInfo Task(JobVertex vertex, int subtask, ExecutionState state = ExecutionState.Running) =>
        new(
            new TaskId(Id, vertex.Id, subtask),
            $"{vertex.Name} ({subtask + 1}/{vertex.Parallelism})",
            state,
            new SlotId(new WorkerId("worker-1"), subtask));

    /// <summary>The job with tasks that run.</summary>
    public static JobDetail Detail(string name = "job", TaskFigures? figures = null)
    {
        JobGraph graph = Graph();
        JobSample job = new(Id, name, JobStatus.Running, Now.AddMinutes(-5)) { TaskCount = 4 };
        JobSubmission submission = new(new JobReference("code", "Class"), JobSettings.None, 2);
        return new JobDetail(job, submission, new JobMetrics(), new CheckpointStatistics())
        {
            At = Now,
            Graph = graph,
            Parallelism = 2,
            WantedParallelism = 2,
            Vertices =
            [
                .. graph.Vertices.Select(vertex => new VertexSample(
                    vertex, ExecutionState.Running, [Task(vertex, 0) with { Figures = figures }, Task(vertex, 1) with { Figures = figures }])),
            ],
        };
    }

    private static void Define(StreamBuilder job) => job.Source("numbers", new MemorySource<int>([1])).KeyBy(number => number)
        .Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts").Aggregate(window => window.Count())
        .CountOnce("count", _ => new RecordPosition(0, 0));
}
