using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Diagnosis;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Tests.Diagnosis;

/// <summary>What is found to hold the output of a job back.</summary>
public sealed class NoOutputTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly EventTime Fresh = EventTime.From(Now.AddSeconds(-1));
    private static readonly JobId Id = new(1);

    private readonly JobGraph _graph = JobGraph.Create(StreamBuilder.Build(new LambdaJob("job", Define), JobSettings.None), 2);

    [Fact]
    public void A_job_that_waits_for_slots_is_told_to_get_some()
    {
        Finding finding = First(new DiagnosedJob(JobStatus.Created, Now) { WaitsFor = "it needs 4 slots, and 1 is free" });
        Assert.Equal(FindingKind.NoSlots, finding.Kind);
        Assert.Contains("4 slots", finding.Text, StringComparison.Ordinal);
        Assert.NotNull(finding.Change);
    }

    [Fact]
    public void A_job_that_does_not_run_says_why()
    {
        Finding finding = First(new DiagnosedJob(JobStatus.Restarting, Now) { Failure = "worker-1 is lost" });
        Assert.Equal((FindingKind.NotRunning, "worker-1 is lost"), (finding.Kind, finding.Text));
    }

    [Fact]
    public void A_problem_of_an_external_system_comes_before_what_follows_from_it()
    {
        JobMetrics metrics = new() { Problems = new Dictionary<string, string> { ["Sink: results"] = "Redis does not answer" } };
        Assert.Equal(FindingKind.ExternalProblem, First(Running(new TaskFigures()) with { Metrics = metrics }).Kind);
    }

    [Fact]
    public void Sources_that_have_read_nothing_are_named() =>
        Assert.Equal("Source: numbers has read nothing", Assert.Single(Explain(Running(new TaskFigures()), FindingKind.NoInput)).Title);

    [Theory]
    [InlineData(JobStatus.Restarting, ExecutionState.Created)]
    [InlineData(JobStatus.Finished, ExecutionState.Finished)]
    public void Sources_that_do_not_run_are_not_said_to_have_read_nothing(JobStatus status, ExecutionState state)
    {
        DiagnosedJob running = Running(new TaskFigures());
        DiagnosedJob job = running with { Status = status, Tasks = [.. running.Tasks.Select(task => task with { State = state })] };
        Assert.Empty(Explain(job, FindingKind.NoInput));
    }

    [Fact]
    public void A_watermark_in_microseconds_is_explained_too()
    {
        SplitFlow split = new("orders-0", 100, new EventTime(-1_760_000_000_000_000), SplitState.Active) { Pending = 5000 };
        Assert.Contains("behind the clock", Assert.Single(Explain(Running(Source(split)), FindingKind.WatermarkHeld)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_split_that_holds_the_watermark_back_is_named_with_the_setting()
    {
        TaskFigures figures = Source(
            new SplitFlow("orders-0", 100, Fresh, SplitState.Active), new SplitFlow("orders-1", null, EventTime.MinValue, SplitState.Active));
        Finding finding = Assert.Single(Explain(Running(figures), FindingKind.WatermarkHeld));
        Assert.Equal("A split without records holds the watermark back", finding.Title);
        Assert.Contains("orders-1", finding.Text, StringComparison.Ordinal);
        Assert.Contains("subtask 1 on worker-1", finding.Text, StringComparison.Ordinal);
        Assert.Contains("IdleAfter", finding.Change, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_is_only_behind_is_not_told_to_be_idle()
    {
        SplitFlow behind = new("orders-0", 100, EventTime.From(Now.AddMinutes(-2)), SplitState.Active) { Pending = 5000 };
        Finding finding = Assert.Single(Explain(Running(Source(behind)), FindingKind.WatermarkHeld));
        Assert.Contains("2min behind", finding.Text, StringComparison.Ordinal);
        Assert.Contains("5000 records wait", finding.Text, StringComparison.Ordinal);
        Assert.Contains("parallelism", finding.Change, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_that_is_up_to_date_holds_nothing_back() =>
        Assert.Empty(Explain(Running(Source(new SplitFlow("orders-0", 100, Fresh, SplitState.Active))), FindingKind.WatermarkHeld));

    [Fact]
    public void An_idle_split_holds_nothing_back_but_idle_ones_alone_stop_time()
    {
        SplitFlow idle = new("orders-1", 7, EventTime.MinValue, SplitState.Idle);
        Assert.Empty(Explain(Running(Source(new SplitFlow("orders-0", 100, Fresh, SplitState.Active), idle)), FindingKind.WatermarkHeld));
        Finding finding = Assert.Single(Explain(Running(Source(idle)), FindingKind.AllIdle));
        Assert.Contains("AdvanceWhileIdle", finding.Change, StringComparison.Ordinal);
    }

    [Fact]
    public void Late_rows_and_rows_that_are_filtered_are_found_at_their_operator()
    {
        StreamNode node = _graph.Vertices[0].Nodes[0];
        TaskFigures figures = new() { RecordsIn = 10, Operators = [new OperatorFlow(node.Id, 10, 0) { Filtered = 10, Late = 3 }] };
        IReadOnlyList<Finding> findings = NoOutput.Explain(Running(figures));
        Assert.Contains(findings, finding => finding.Kind == FindingKind.LateRows && finding.Title == $"{node.Name} has dropped 6 late rows");
        Assert.Contains(findings, finding => finding.Kind == FindingKind.Filtered && finding.Title == $"{node.Name} drops all rows");
    }

    [Fact]
    public void The_busy_vertex_after_those_that_wait_is_the_bottleneck()
    {
        TaskFigures pressed = new() { RecordsIn = 1, Rates = new TaskRates(1, 1, 0, 0) { Busy = 0.05, BackPressured = 0.95 } };
        TaskFigures busy = new() { RecordsIn = 1, Rates = new TaskRates(1, 0, 0, 0) { Busy = 0.99 } };
        Finding finding = Assert.Single(Explain(Running(pressed, busy), FindingKind.Bottleneck));
        Assert.Equal($"{_graph.Vertices[1].Name} is the bottleneck", finding.Title);
        Assert.Empty(Explain(Running(busy, busy), FindingKind.Bottleneck));
    }

    [Fact]
    public void Checkpoints_that_fail_are_told_with_the_reason()
    {
        CheckpointInfo failed = new(new CheckpointId(3), CheckpointKind.Checkpoint, Now) { Failure = "the disk is full" };
        DiagnosedJob job = Running(new TaskFigures { RecordsIn = 1 }) with
        {
            Checkpoints = new CheckpointStatistics { ConsecutiveFailures = 2, LastFailed = failed },
        };
        Assert.Contains("the disk is full", Assert.Single(Explain(job, FindingKind.CheckpointsFail)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_found_that_is_said() =>
        Assert.Equal(FindingKind.Unknown, Assert.Single(NoOutput.Explain(Running(new TaskFigures { RecordsIn = 1 }))).Kind);

    [Fact]
    public void Dead_letters_are_told_with_an_example_where_they_are_most_of_the_records()
    {
        JobMetrics metrics = new()
        {
            RecordsRead = 10,
            DeadLetters = new Dictionary<string, long> { ["JSON"] = 9 },
            DeadLetterExamples = new Dictionary<string, string> { ["JSON"] = "'{' at offset 5" },
        };
        Finding finding = Assert.Single(Explain(Running(new TaskFigures { RecordsIn = 10 }) with { Metrics = metrics }, FindingKind.DeadLetters));
        Assert.Equal("9 of 10 records could not become rows", finding.Title);
        Assert.Contains("offset 5", finding.Text, StringComparison.Ordinal);
    }

    private static TaskFigures Source(params SplitFlow[] splits) => new() { RecordsIn = 1, Splits = splits };

    private static Finding First(DiagnosedJob job) => NoOutput.Explain(job)[0];

    private static IEnumerable<Finding> Explain(DiagnosedJob job, FindingKind kind) => NoOutput.Explain(job).Where(finding => finding.Kind == kind);

    // The figures of the source, and of the vertex that follows it.
    private DiagnosedJob Running(TaskFigures source, TaskFigures? rest = null) => new(JobStatus.Running, Now)
    {
        Graph = _graph,
        Tasks =
        [
            .. from vertex in _graph.Vertices
               from subtask in Enumerable.Range(0, 2)
               select new TaskInfo(
                   new TaskId(Id, vertex.Id, subtask), vertex.Name, ExecutionState.Running, new SlotId(new WorkerId("worker-1"), subtask))
               {
                   Figures = vertex.Index == 0 ? source : vertex.Index == 1 && rest is not null ? rest : new TaskFigures { RecordsIn = 1 },
               },
        ],
    };

    private static void Define(StreamBuilder job) => job.Source("numbers", new MemorySource<int>([1])).KeyBy(number => number)
        .Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("counts").Aggregate(window => window.Count())
        .CountOnce("count", _ => new RecordPosition(0, 0));
}
