using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;
using QueryStream.Web.Watching;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Web.Tests;

/// <summary>What pages make of what tasks report.</summary>
public sealed class WatchingTests
{
    private static readonly TaskFigures Figures = new()
    {
        RecordsIn = 10,
        RecordsOut = 4,
        BytesIn = 100,
        Watermark = new EventTime(5000),
        Rates = new TaskRates(2, 1, 20, 10) { Busy = 0.2, Idle = 0.1, BackPressured = 0.7 },
    };

    private readonly JobVertex _vertex = SampleJobs.Graph().Vertices[0];

    [Fact]
    public void What_no_task_has_reported_is_not_known()
    {
        FlowSums sums = FlowSums.Of([SampleJobs.Task(_vertex, 0)]);
        Assert.Null(sums.RecordsIn);
        Assert.Null(sums.InRate);
        Assert.Null(sums.Level);
    }

    [Fact]
    public void Counts_and_rates_are_added_and_shares_of_time_are_not()
    {
        TaskFigures other = Figures with { Watermark = new EventTime(3000), Rates = Figures.Rates! with { Busy = 0.4, BackPressured = 0.05 } };
        FlowSums sums = FlowSums.Of([SampleJobs.Task(_vertex, 0) with { Figures = Figures }, SampleJobs.Task(_vertex, 1) with { Figures = other }]);
        Assert.Equal((20, 8, 200), (sums.RecordsIn, sums.RecordsOut, sums.BytesIn));
        Assert.Equal((4d, 2d), (sums.InRate, sums.OutRate));
        Assert.Equal(0.3, sums.Busy!.Value, precision: 6);
        Assert.Equal((0.4, 0.7), (sums.MostBusy, sums.MostBackPressured));
        Assert.Equal(BackPressureLevel.High, sums.Level);
        Assert.Equal(new EventTime(3000), sums.Watermark);
    }

    [Fact]
    public void Bytes_of_records_that_nobody_counts_are_not_known()
    {
        Assert.Null(FlowSums.Of([SampleJobs.Task(_vertex, 0) with { Figures = Figures with { BytesIn = 0 } }]).BytesIn);
        Assert.Equal(0, FlowSums.Of([SampleJobs.Task(_vertex, 0) with { Figures = new TaskFigures() }]).BytesIn);
    }

    [Fact]
    public void Operators_are_added_over_the_subtasks()
    {
        StreamNode node = _vertex.Nodes[0];
        TaskFigures one = Figures with { Operators = [new OperatorFlow(node.Id, 10, 8) { Filtered = 2 }] };
        OperatorSums sums = Assert.Single(OperatorSums.Of(
            _vertex, [SampleJobs.Task(_vertex, 0) with { Figures = one }, SampleJobs.Task(_vertex, 1) with { Figures = one }]));
        Assert.Equal((20, 16, 4), (sums.In, sums.Out, sums.Filtered));
        Assert.Null(sums.InRate);
    }

    [Fact]
    public void A_state_lasts_until_the_next_one_also_of_the_next_attempt()
    {
        DateTimeOffset start = SampleJobs.Now.AddMinutes(-1);
        TaskInfo former = SampleJobs.Task(_vertex, 0, ExecutionState.Failed) with
        {
            Reached = Times(
                (ExecutionState.Deploying, start), (ExecutionState.Running, start.AddSeconds(2)), (ExecutionState.Failed, start.AddSeconds(10))),
        };
        TaskInfo now = SampleJobs.Task(_vertex, 0) with
        {
            Attempt = new Attempt(1),
            Reached = Times((ExecutionState.Deploying, start.AddSeconds(11)), (ExecutionState.Running, start.AddSeconds(12))),
        };
        JobDetail detail = SampleJobs.Detail() with { FormerTasks = [former], Vertices = [new VertexSample(_vertex, ExecutionState.Running, [now])] };

        VertexTimeline timeline = Assert.Single(TaskTimeline.Of(detail, SampleJobs.Now));
        Assert.Equal(
            [
                (ExecutionState.Deploying, 0, 2d), (ExecutionState.Running, 0, 8), (ExecutionState.Failed, 0, 1), (ExecutionState.Deploying, 1, 1),
                (ExecutionState.Running, 1, 48),
            ],
            Assert.Single(timeline.Lanes).Select(span => (span.State, span.Attempt.Number, (span.To - span.From).TotalSeconds)));
    }

    [Fact]
    public void A_pinned_chart_goes_on_when_its_vertex_is_closed_and_others_are_forgotten()
    {
        MetricBoard board = new();
        JobDetail detail = SampleJobs.Detail(figures: Figures);
        VertexSample open = detail.Vertices[0];
        board.Sample(detail, open);
        Chart chart = board.Of(open.Id).First();
        board.Toggle(chart);

        board.Sample(detail with { At = SampleJobs.Now.AddSeconds(1) }, null);
        board.Sample(detail with { At = SampleJobs.Now.AddSeconds(1) }, null);
        Assert.Equal([chart], board.Of(open.Id));
        Assert.Equal([chart], board.Pinned);
        Assert.Equal([4d, 4d], chart.Values);

        board.Toggle(chart);
        board.Sample(detail with { At = SampleJobs.Now.AddSeconds(2) }, null);
        Assert.Empty(board.Of(open.Id));
    }

    private static Dictionary<ExecutionState, DateTimeOffset> Times(params (ExecutionState State, DateTimeOffset At)[] times) =>
        times.ToDictionary(time => time.State, time => time.At);
}
