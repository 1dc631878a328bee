using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Settings;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Cluster.Tests.Nodes;

/// <summary>Coordinators and workers over real connections, in one process.</summary>
public sealed class NodeTests : IAsyncLifetime
{
    private readonly TestNodes _nodes = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nodes_find_each_other_in_any_order_of_starting(bool coordinatorFirst)
    {
        TestNode? coordinator = coordinatorFirst ? await _nodes.StartCoordinatorAsync() : null;
        await _nodes.StartWorkerAsync("w1");
        await _nodes.StartWorkerAsync("w2");
        coordinator ??= await _nodes.StartCoordinatorAsync();

        await WorkersAsync(coordinator, "w1", "w2");
    }

    [Fact]
    public async Task A_job_runs_on_two_workers_and_its_result_comes_back()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        await _nodes.StartWorkerAsync("w1");
        await _nodes.StartWorkerAsync("w2");
        await WorkersAsync(coordinator, "w1", "w2");

        MemorySink<long> sink = new();
        JobReference reference = _nodes.Jobs.Add("job", new LambdaJob("counts", job => job
            .Source("numbers", new MemorySource<int>([.. Enumerable.Range(0, 1000)]))
            .Watermarks(new WatermarkStrategy<int> { EventTimeOf = number => new EventTime(number) })
            .KeyBy(number => number % 7)
            .Window(Tumbling.Of(TimeSpan.FromHours(1)))
            .Aggregate(w => w.Count())
            .Map(result => result.Value)
            .To("counts", sink)));
        JobHandle handle = await coordinator.Leadership.Leading!.SubmitAsync(new JobSubmission(reference, JobSettings.None, 4), default);
        JobResult result = await handle.Completion;

        Assert.Null(result.Failure);
        Assert.Equal([142, 143, 143, 143, 143, 143, 143], sink.Rows.Order());
    }

    [Fact]
    public async Task A_worker_whose_process_dies_is_lost_and_comes_back_under_its_name()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode first = await _nodes.StartWorkerAsync("w1");
        TestNode second = await _nodes.StartWorkerAsync("w2");
        await WorkersAsync(coordinator, "w1", "w2");

        await first.CrashAsync();
        await WorkersAsync(coordinator, "w2");

        // Whoever notices it first tells the others.
        Assert.Contains(
            coordinator.Logs.Of(LogLevel.Warning).Concat(second.Logs.Of(LogLevel.Warning)),
            line => line.Contains("is dead: its connection broke", StringComparison.Ordinal));

        await _nodes.StartWorkerAsync("w1");
        await WorkersAsync(coordinator, "w1", "w2");
    }

    [Fact]
    public async Task Workers_go_on_without_a_coordinator_and_the_next_one_joins_them()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode[] workers = [await _nodes.StartWorkerAsync("w1"), await _nodes.StartWorkerAsync("w2")];
        await WorkersAsync(coordinator, "w1", "w2");

        await coordinator.CrashAsync();
        await MissCoordinatorAsync(workers);
        Assert.All(workers, worker => Assert.Null(worker.KilledBecause));

        TestNode next = await _nodes.StartCoordinatorAsync();
        await WorkersAsync(next, "w1", "w2");
        Assert.Contains(next.Logs.Of(LogLevel.Information), line => line.Contains("invites this coordinator", StringComparison.Ordinal));
        Assert.All(workers, worker => Assert.Null(worker.KilledBecause));
    }

    [Fact]
    public async Task A_worker_that_was_only_joining_when_its_coordinator_died_finds_the_next_one()
    {
        // Nobody comes up before there are two workers.
        await using TestNodes nodes = new() { Hocon = "akka.cluster.role.worker.min-nr-of-members = 2" };
        TestNode coordinator = await nodes.StartCoordinatorAsync();
        TestNode orphan = await nodes.StartWorkerAsync("w1");
        await Wait.UntilAsync("the worker to join", () => StatusesIn(coordinator) == "Joining, Joining" && StatusesIn(orphan) == "Joining, Joining");

        await coordinator.CrashAsync();
        await MissCoordinatorAsync(orphan);
        await Wait.UntilAsync("the worker to be alone", () => StatusesIn(orphan) == "Joining");
        TestNode next = await nodes.StartCoordinatorAsync();
        await nodes.StartWorkerAsync("w2");
        await WorkersAsync(next, "w1", "w2");
        Assert.Null(orphan.KilledBecause);
    }

    [Fact]
    public async Task A_worker_that_is_cut_off_from_all_is_declared_dead_and_does_not_declare_others_dead()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode worker = await _nodes.StartWorkerAsync("w1");
        TestNode other = await _nodes.StartWorkerAsync("w2");
        await WorkersAsync(coordinator, "w1", "w2");

        await coordinator.CutAsync(worker, isCut: true);
        await other.CutAsync(worker, isCut: true);
        await WorkersAsync(coordinator, "w2");
        Assert.DoesNotContain(worker.Logs.Of(LogLevel.Warning), line => line.Contains("declared dead", StringComparison.Ordinal));
        Assert.All([coordinator, worker, other], node => Assert.Null(node.KilledBecause));
    }

    [Fact]
    public async Task A_worker_that_only_the_leader_cannot_reach_is_declared_dead_and_not_the_leader()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode worker = await _nodes.StartWorkerAsync("w1");
        TestNode other = await _nodes.StartWorkerAsync("w2");
        await WorkersAsync(coordinator, "w1", "w2");

        await coordinator.CutAsync(worker, isCut: true);
        await WorkersAsync(coordinator, "w2");
        await Wait.UntilAsync("the worker to learn it from the other", () => worker.KilledBecause is not null);
        Assert.Null(coordinator.KilledBecause);
        Assert.Null(other.KilledBecause);
    }

    [Fact]
    public async Task Workers_that_were_cut_off_from_their_only_coordinator_end_when_they_reach_it_again()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode[] workers = [await _nodes.StartWorkerAsync("w1"), await _nodes.StartWorkerAsync("w2")];
        await WorkersAsync(coordinator, "w1", "w2");

        foreach (TestNode worker in workers)
        {
            await coordinator.CutAsync(worker, isCut: true);
        }

        // Each side declares the other one dead.
        await WorkersAsync(coordinator);
        await MissCoordinatorAsync(workers);
        foreach (TestNode worker in workers)
        {
            await coordinator.CutAsync(worker, isCut: false);
        }

        // A process that takes the place of a worker can join.
        await Wait.UntilAsync("the workers to end", () => workers.All(worker => worker.KilledBecause is not null));
        Assert.All(workers, worker => Assert.Contains("lives, though it was declared dead", worker.KilledBecause, StringComparison.Ordinal));
        Assert.Null(coordinator.KilledBecause);
        await _nodes.StartWorkerAsync("w3");
        await WorkersAsync(coordinator, "w3");
    }

    [Fact]
    public async Task A_node_that_leaves_says_goodbye_and_is_not_killed()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        TestNode worker = await _nodes.StartWorkerAsync("w1");
        await WorkersAsync(coordinator, "w1");

        await worker.DisposeAsync();
        await WorkersAsync(coordinator);
        Assert.Null(worker.KilledBecause);
        Assert.DoesNotContain(coordinator.Logs.Of(LogLevel.Warning), line => line.Contains("dead", StringComparison.Ordinal));
    }

    private static Task MissCoordinatorAsync(params TestNode[] workers) => Wait.UntilAsync(
        "the workers to miss the coordinator",
        () => workers.All(worker => worker.Logs.Of(LogLevel.Warning).Any(line => line.StartsWith("The cluster has", StringComparison.Ordinal))),
        seen: () => string.Join("\n", workers.SelectMany(worker => worker.Logs.Lines)));

    private static string StatusesIn(TestNode node) =>
        string.Join(", ", Akka.Cluster.Cluster.Get(node.System).State.Members.Select(member => member.Status));

    private static async Task WorkersAsync(TestNode coordinator, params string[] names)
    {
        await Wait.UntilAsync("the coordinator to lead", () => coordinator.Leadership.Leading is not null);
        await Wait.UntilAsync(
            "the workers to be registered",
            () => coordinator.Leadership.Leading?.Overview().Workers.Select(worker => worker.Worker.Name).SequenceEqual(names) == true,
            seen: () => string.Join("\n", coordinator.Logs.Lines));
    }
}
