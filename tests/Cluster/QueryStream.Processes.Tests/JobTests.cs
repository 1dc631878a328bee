using System.Text.Json.Nodes;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>Jobs over several processes give what they give in one.</summary>
public sealed class JobTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-numbering-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(1, 7, new[] { 1, 7 })]
    [InlineData(2, 4, new[] { 2, 7 })]
    [InlineData(3, 3, new[] { 4, 7 })]
    [InlineData(4, 4, new[] { 16 })]
    public async Task A_job_gives_the_same_results_as_in_one_process(int workers, int slots, int[] parallelisms)
    {
        string job = NumberingJob.Write(Folder("job"));
        Task<CommandEnd> local = CommandProcess.RunAsync($"run {job} --local -p 2 -- {NumberingJob.Settings(Folder("local"))}");
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers, slots);
        Assert.Equal(0, (await local).ExitCode);
        string[] expected = NumberingJob.Written(Folder("local"));
        Assert.Equal(NumberingJob.Expected, expected);

        foreach (int parallelism in parallelisms)
        {
            string folder = Folder($"out-{parallelism}");
            CommandEnd end = await cluster.RunAsync($"run {job} -p {parallelism} -- {NumberingJob.Settings(folder)}");

            Assert.True(end.ExitCode == 0, $"Parallelism {parallelism}: {end.Output}{end.Errors}");
            Assert.Equal(expected, NumberingJob.Written(folder));
        }
    }

    [Fact]
    public async Task A_run_that_waits_for_slots_says_so_and_goes_on_when_a_worker_comes()
    {
        await using ProcessCluster cluster = new();
        cluster.StartCoordinator();
        await cluster.RegisteredAsync();
        await using CommandProcess run = CommandProcess.Start(
            $"run {NumberingJob.Write(Folder("job"))} -p 2 -- {NumberingJob.Settings(Folder("out"))}",
            ("QUERYSTREAM_COORDINATOR", cluster.Coordinator));
        await Wait.UntilAsync(
            "the reason",
            () => run.Errors.Contains("is CREATED: The job needs 2 slots, but 0 are free on 0 workers.", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60));

        cluster.StartWorker("worker-1", slots: 2);
        CommandEnd end = await run.EndAsync();
        Assert.True(end.ExitCode == 0, end.Errors);
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(Folder("out")));
    }

    [Fact]
    public async Task Slot_sharing_groups_take_slots_of_their_own_and_the_results_stay_the_same()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 2, slots: 3);
        string job = NumberingJob.Write(Folder("job"));
        string settings = $"{NumberingJob.Settings(Folder("out"), Folder("gate"))} --apart=true";
        string id = await cluster.SubmitAsync($"{job} -p 2 -- {settings}");
        await cluster.UntilAsync(
            "all slots to be used", "/taskmanagers", answer => answer["taskmanagers"]!.AsArray().All(worker => (int)worker!["freeSlots"]! == 0));

        // A key is asked for where its group has its slots.
        CommandEnd state = await cluster.RunAsync($"state get {id} numbering 0 --timeout 60s");
        Assert.True(state.ExitCode == 0, state.Errors);
        await File.WriteAllTextAsync(Folder("gate"), "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", answer => (string)answer["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(Folder("out")));
    }

    [Fact]
    public async Task A_job_goes_on_after_one_of_its_workers_was_killed_and_loses_and_repeats_nothing()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 3, slots: 1);
        string output = Folder("out");
        string gate = Folder("gate");
        string engine = $"-D execution.checkpointing.dir={Folder("checkpoints")} -D execution.checkpointing.interval=100ms";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Folder("job"))} -p 2 {engine} -- {NumberingJob.Settings(output, gate)}");

        // Files are visible when a checkpoint with them is complete, so there is state to go on from.
        await Wait.UntilAsync("the first files", () => NumberingJob.Written(output).Length > 0, TimeSpan.FromSeconds(60));
        string used = (string)(await cluster.UntilAsync("the workers", "/taskmanagers", _ => true))["taskmanagers"]!.AsArray()
            .First(worker => (int)worker!["freeSlots"]! == 0)!["id"]!;
        cluster.Worker(used).Kill();

        await cluster.UntilAsync(
            "the job to be RUNNING again",
            $"/jobs/{id}",
            job => (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["restarts"]! > 0);
        await File.WriteAllTextAsync(gate, "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));

        JsonNode[] events = [.. (await cluster.UntilAsync("the events", $"/jobs/{id}/events", _ => true))["events"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(["ENDED", "RUNNING", "SUBMITTED"], new[] { events[0], events[^2], events[^1] }.Select(one => (string)one["kind"]!));
        JsonNode recovery = Assert.Single(events, one => (string)one["kind"]! == "RESTARTED")["recovery"]!;
        Assert.Equal(used, (string?)recovery["lost-worker"]);
        Assert.NotNull((string?)recovery["restored-from"]);
        JsonNode[] phases = [.. recovery["phases"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(["stopped", "delayed", "placed", "deployed", "running"], phases.Take(5).Select(phase => (string)phase["name"]!));
        long[] times = [(long)recovery["noticed"]!, .. phases.Select(phase => (long)phase["timestamp"]!)];
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public async Task A_worker_that_leaves_hands_its_tasks_over_and_a_coordinator_that_leaves_its_job()
    {
        await using ProcessCluster cluster = new();
        string storage = $"--storage file://{Folder("storage")}";
        CommandProcess coordinator = cluster.StartCoordinator(storage);
        cluster.StartWorker("worker-1", slots: 2);
        cluster.StartWorker("worker-2", slots: 2);
        await cluster.RegisteredAsync("worker-1", "worker-2");
        string output = Folder("out");
        string gate = Folder("gate");

        // No restart after a failure: nothing moves but in order. The job ends with the next checkpoint.
        string engine = $"-D execution.checkpointing.dir={Folder("checkpoints")} -D execution.checkpointing.interval=10s "
            + "-D restart-strategy.type=none";
        string id = await cluster.SubmitAsync(
            $"{NumberingJob.Write(Folder("job"))} -p 2 {engine} -- {NumberingJob.Settings(output, gate)}");
        await cluster.UntilAsync("the job to run", $"/jobs/{id}", job => (string)job["state"]! == "RUNNING");

        cluster.Worker("worker-1").SendTerminate();
        CommandEnd left = await cluster.Worker("worker-1").EndAsync();
        Assert.Equal(0, left.ExitCode);
        Assert.DoesNotContain("have not moved", left.Errors, StringComparison.Ordinal);
        await cluster.UntilAsync(
            "the job to run on the other worker", $"/jobs/{id}",
            job => (string)job["state"]! == "RUNNING" && (int)job["querystream"]!["restarts"]! == 0);

        // The coordinator keeps the job in its registry, and the next one resumes it from that checkpoint.
        CommandEnd leave = await cluster.RunAsync($"cluster leave akka.tcp://querystream@127.0.0.1:{cluster.Port}");
        Assert.Equal(0, leave.ExitCode);
        Assert.Equal(0, (await coordinator.EndAsync()).ExitCode);
        cluster.StartCoordinator(storage);
        await cluster.UntilAsync("the job to run again", $"/jobs/{id}", job => (string)job["state"]! == "RUNNING");
        await File.WriteAllTextAsync(gate, "");
        await cluster.UntilAsync("the job to finish", $"/jobs/{id}", job => (string)job["state"]! == "FINISHED");
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);
}
