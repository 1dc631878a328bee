using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.TestKit;
using QueryStream.Web.Components.Jobs;
using QueryStream.Web.Components.Shared;
using QueryStream.Web.Watching;
using QueryStream.Wire.Metrics;

namespace QueryStream.Web.Tests;

/// <summary>What components show.</summary>
public sealed class ComponentTests : BunitContext
{
    public ComponentTests() => Services.AddSingleton<TimeProvider>(new ManualTime(SampleJobs.Now));

    [Fact]
    public void The_name_of_a_job_is_text_whatever_it_is()
    {
        JobSample job = new(SampleJobs.Id, "<script>alert(1)</script>", JobStatus.Running, SampleJobs.Now);
        IRenderedComponent<JobTable> table = Render<JobTable>(parameters => parameters
            .Add(one => one.Jobs, [job]).Add(one => one.Now, SampleJobs.Now).Add(one => one.Label, "Jobs"));
        Assert.Empty(table.FindAll("script"));
        Assert.Equal(job.Name, table.Find("tbody a").TextContent);
    }

    [Fact]
    public void What_is_not_known_is_a_dash()
    {
        JobSample job = new(SampleJobs.Id, "job", JobStatus.Created, SampleJobs.Now);
        IRenderedComponent<JobTable> table = Render<JobTable>(
            parameters => parameters.Add(one => one.Jobs, [job]).Add(one => one.Now, SampleJobs.Now));
        Assert.Equal(["–", "0", "–", "–", "–", "–"], table.FindAll("tbody td").Skip(2).Take(6).Select(cell => cell.TextContent.Trim()));
    }

    [Fact]
    public void A_running_job_is_green()
    {
        IRenderedComponent<StatusPill> pill = Render<StatusPill>(parameters => parameters.Add(one => one.Job, JobStatus.Running));
        pill.MarkupMatches("<span class=\"pill running\">RUNNING</span>");
    }

    [Fact]
    public void The_root_cause_comes_first_and_the_stack_trace_is_folded()
    {
        JobFailure failure = new(SampleJobs.Now, new TaskFailedException(
            "counts", 1, 4, new RowFailedException("at offset 17 of split orders-2", new InvalidOperationException("no price"))))
        {
            Task = "counts (2/4), attempt 0",
            Worker = new WorkerId("worker-2"),
            Restart = 1,
        };
        IRenderedComponent<ExceptionPanel> panel = Render<ExceptionPanel>(parameters => parameters.Add(one => one.Failure, failure));
        Assert.Equal("no price", panel.Find(".problem").TextContent);
        string facts = panel.Find("dl").TextContent;
        Assert.Contains("InvalidOperationException", facts, StringComparison.Ordinal);
        Assert.Contains("worker-2", facts, StringComparison.Ordinal);
        Assert.Contains("at offset 17 of split orders-2", facts, StringComparison.Ordinal);
        Assert.False(panel.Find("details").HasAttribute("open"));
    }

    [Theory]
    [InlineData(0.05, "ok")]
    [InlineData(0.3, "low")]
    [InlineData(0.9, "high")]
    public void A_vertex_shows_its_backpressure_by_color_and_word(double backPressured, string level)
    {
        TaskFigures figures = new() { Rates = new TaskRates(1000, 10, 0, 0) { BackPressured = backPressured } };
        IRenderedComponent<TaskGraph> graph = Render<TaskGraph>(parameters => parameters.Add(one => one.Detail, SampleJobs.Detail(figures: figures)));
        Assert.Equal(SampleJobs.Graph().Vertices.Count, graph.FindAll($"button.vertex.pressure-{level}").Count);
        Assert.Contains(level.ToUpperInvariant(), graph.Find("button.vertex").TextContent, StringComparison.Ordinal);
        Assert.Equal("2,000/s", graph.Find(".edge-label strong").TextContent);
    }

    [Fact]
    public void Choosing_a_vertex_opens_its_subtasks_and_choosing_it_again_closes_them()
    {
        IRenderedComponent<GraphTab> tab = Render<GraphTab>(parameters => parameters.Add(one => one.Detail, SampleJobs.Detail()));
        tab.Find("button.vertex").Click();
        Assert.Equal(2, tab.FindAll(".vertex-panel [aria-label=Subtasks] tbody tr").Count);
        Assert.Equal("true", tab.Find("button.vertex").GetAttribute("aria-expanded"));
        tab.Find("button.vertex").Click();
        Assert.Empty(tab.FindAll(".vertex-panel"));
    }

    [Fact]
    public void A_recovery_shows_how_long_each_phase_took()
    {
        JobRecovery recovery = new(1, SampleJobs.Now)
        {
            LostWorker = "worker-1",
            Phases = [new(RecoveryPhase.Stopped, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(300)), new(
                RecoveryPhase.Running, TimeSpan.FromMilliseconds(800), TimeSpan.FromMilliseconds(500))],
        };
        JobEvent restart = new(JobEventKind.Restarted, SampleJobs.Now, "worker-1 is lost") { Recovery = recovery };
        string text = Render<RecoveryPhases>(parameters => parameters.Add(one => one.Happened, restart)).Markup;
        Assert.Contains("recovery took 800 ms", text, StringComparison.Ordinal);
        Assert.Contains("300 ms", text, StringComparison.Ordinal);
        Assert.Contains("500 ms", text, StringComparison.Ordinal);
        Assert.Contains("lost worker-1", text, StringComparison.Ordinal);
    }
}
