using QueryStream.Coordinator;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

/// <summary>
/// The production coordinator and workers, with the order of turns and messages given by many seeds. A failing test names its seed.
/// </summary>
public sealed class SimulatedClusterTests
{
    private const int Seeds = 200;

    public static TheoryData<TaskScript, JobStatus> Scripts => new()
    {
        { TaskScript.Finish, JobStatus.Finished },
        { TaskScript.FailAtStart, JobStatus.Failed },
        { TaskScript.FailAtOpen, JobStatus.Failed },
        { TaskScript.FailAtOnce, JobStatus.Failed },
    };

    // Either one of six tasks follows the script or all do. The others run until they are cancelled.
    [Theory]
    [MemberData(nameof(Scripts))]
    public Task In_every_order_a_job_ends_as_its_tasks_do_and_leaves_nothing_behind(TaskScript script, JobStatus end) =>
        ForEachSeedAsync(async seed =>
    {
        bool all = end == JobStatus.Finished || seed % 2 == 0;
        using SimulatedCluster cluster = new(seed, 3, 2, task => all || task is { Subtask: 1, Vertex.Index: 0 } ? script : TaskScript.Run);

        JobHandle job = await cluster.AcceptAsync(cluster.Jobs.Add("job", TwoVertices()), 3);
        JobResult result = await cluster.EndAsync(job);

        Assert.Equal(end, result.Status);
        if (end == JobStatus.Failed)
        {
            Assert.StartsWith(
                "fails at",
                Assert.IsType<TaskFailedException>(result.Failure).InnerException!.Message.Replace("to open", "at open", StringComparison.Ordinal),
                StringComparison.Ordinal);
        }
        else
        {
            await job.Running;
        }

        CheckNothingIsLeft(cluster);
    });

    [Fact]
    public async Task At_every_moment_a_job_can_be_cancelled()
    {
        int refused = 0;
        int accepted = 0;
        await ForEachSeedAsync(async seed =>
        {
            SeededRandom random = new(seed);
            using SimulatedCluster cluster = new(seed, 3, 2);
            using CancellationTokenSource patience = new();
            Task<JobHandle> submitted = cluster.SubmitAsync(cluster.Jobs.Add("job", TwoVertices()), 3, patience.Token);
            for (int turns = random.Next(10); turns > 0; turns--)
            {
                cluster.Executor.RunOne();
            }

            // Half of the runs take only a few turns, so that the job may not be accepted yet.
            if (seed % 2 == 0)
            {
                cluster.Executor.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
            }

            await patience.CancelAsync();
            JobHandle? job = await AcceptedOrGivenUpAsync(submitted);
            Task end = job?.CancelAsync() ?? Task.CompletedTask;
            cluster.Executor.Advance(TimeSpan.FromSeconds(5));

            await Wait.ForAsync("the job to be cancelled", end);
            Assert.Equal(JobStatus.Canceled, job?.Status ?? JobStatus.Canceled);
            refused += job is null ? 1 : 0;
            accepted += job is null ? 0 : 1;
            CheckNothingIsLeft(cluster);
        });

        Assert.True(refused > 10 && accepted > 10, $"{refused} refused, {accepted} accepted");
    }

    [Fact]
    public Task At_every_moment_a_connection_can_break_and_the_worker_come_back() => ForEachSeedAsync(async seed =>
    {
        SeededRandom random = new(seed);
        using SimulatedCluster cluster = new(seed, 3, 2);
        JobHandle job = await cluster.AcceptAsync(cluster.Jobs.Add("job", TwoVertices()), 3);
        cluster.Executor.Advance(TimeSpan.FromMilliseconds(random.Next(400)));

        cluster.Disconnect("worker-2");
        cluster.Executor.Advance(TimeSpan.FromMilliseconds(random.Next(400)));
        cluster.Connect("worker-2");
        JobResult result = await cluster.EndAsync(job);

        Assert.Equal(new WorkerId("worker-2"), Assert.IsType<WorkerLostException>(result.Failure).Worker);
        cluster.Executor.Advance(TimeSpan.FromSeconds(1));
        CheckNothingIsLeft(cluster);

        JobHandle next = await cluster.AcceptAsync(cluster.Jobs.Add("next", TwoVertices()), 6);
        cluster.Executor.AdvanceUntil("the next job to run", () => next.Status == JobStatus.Running, TimeSpan.FromMinutes(1));
    });

    [Fact]
    public async Task One_worker_with_another_version_of_the_job_refuses_it_and_the_job_says_so()
    {
        using SimulatedCluster cluster = new(1, 1, 1);
        TestJobs other = new();
        other.Add("job", new LambdaJob("job", job => job.Source("renamed", new MemorySource<int>([])).CountOnce("c", n => new RecordPosition(0, n))));
        cluster.AddWorker("worker-2", 1, other);
        cluster.Executor.Advance(TimeSpan.FromSeconds(1));

        JobHandle job = await cluster.AcceptAsync(cluster.Jobs.Add("job", TwoVertices()), 2);
        JobResult result = await cluster.EndAsync(job);

        Assert.Contains(
            "Worker worker-2 has built another graph", Assert.IsType<DeploymentRefusedException>(result.Failure).Message, StringComparison.Ordinal);
        CheckNothingIsLeft(cluster);
    }

    [Fact]
    public async Task Counts_are_exact_when_the_job_has_ended()
    {
        using SimulatedCluster cluster = new(7, 2, 2);
        JobHandle job = await cluster.AcceptAsync(cluster.Jobs.Add("job", TwoVertices()), 4);
        cluster.Executor.AdvanceUntil("the job to run", () => job.Status == JobStatus.Running, TimeSpan.FromMinutes(1));
        long expected = 0;
        foreach (TaskInfo task in job.Tasks)
        {
            cluster.Tasks.Read(task.Task, ++expected * 1_000);
            cluster.Executor.Advance(TimeSpan.FromMilliseconds(300));
            cluster.Tasks.Finish(task.Task);
        }

        JobResult result = await cluster.EndAsync(job);

        Assert.Equal(Enumerable.Range(1, 8).Sum(n => n * 1_000), result.Metrics.RecordsRead);
    }

    [Fact]
    public void Equal_seeds_give_equal_runs()
    {
        Assert.Equal(TraceOf(5), TraceOf(5));
        Assert.NotEqual(TraceOf(5), TraceOf(6));
    }

    private static async Task<JobHandle?> AcceptedOrGivenUpAsync(Task<JobHandle> submitted)
    {
        try
        {
            return await submitted;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static ulong TraceOf(ulong seed)
    {
        using SimulatedCluster cluster = new(seed, 3, 2, static task => task.Subtask == 2 ? TaskScript.FailAtOnce : TaskScript.Run);
        _ = cluster.SubmitAsync(cluster.Jobs.Add("job", TwoVertices()), 3);
        cluster.Executor.Advance(TimeSpan.FromSeconds(5));
        return cluster.Executor.Trace;
    }

    private static LambdaJob TwoVertices() => new("two vertices", static (StreamBuilder job) =>
        job.Source("numbers", new MemorySource<int>([])).CountOnce("count", number => new RecordPosition(0, number)));

    private static void CheckNothingIsLeft(SimulatedCluster cluster)
    {
        ClusterOverview overview = cluster.Coordinator.Overview();
        Assert.Equal(overview.TotalSlots, overview.FreeSlots);
        Assert.Equal(0, cluster.Tasks.Alive);
    }

    private static async Task ForEachSeedAsync(Func<ulong, Task> test)
    {
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            try
            {
                await test(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }
}
