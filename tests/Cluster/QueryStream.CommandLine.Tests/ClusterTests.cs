using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using QueryStream.Coordinator;
using QueryStream.Testing.Redis;
using QueryStream.Testing.Rest;

namespace QueryStream.CommandLine.Tests;

/// <summary>Commands about the jobs of a cluster, as processes of their own.</summary>
public sealed partial class ClusterTests
{
    [Fact]
    public async Task A_job_is_run_to_its_end_with_its_report()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 1);

        CommandEnd end = await RunAsync(
            cluster, $"run {Jobs(cluster)} -c LargestJob -p 2 --name Số-lớn -- --output={cluster.FolderOf("kết-quả.txt")} --modulus=2");

        Assert.Equal(0, end.ExitCode);
        string id = IdIn(end.Output);
        Assert.StartsWith($"Job submitted successfully\nJob has been submitted with JobID {id}\n", end.Output, StringComparison.Ordinal);
        Assert.Contains($"Program execution finished\nJob with JobID {id} has finished.\nJob Runtime: ", end.Output, StringComparison.Ordinal);
        Assert.Contains("Số-lớn: FINISHED after", end.Output, StringComparison.Ordinal);
        Assert.Contains("records   10 read, ", end.Output, StringComparison.Ordinal);
        Assert.Equal(["0: 8", "1: 9"], (await File.ReadAllLinesAsync(cluster.FolderOf("kết-quả.txt"))).Order());
    }

    [Fact]
    public async Task A_detached_job_is_listed_shown_and_cancelled()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        CommandEnd run = await RunAsync(cluster, $"run {Jobs(cluster)} -c EndlessJob -d -- --output={cluster.FolderOf("ra.txt")}");
        Assert.Equal(0, run.ExitCode);
        string id = IdIn(run.Output);

        Assert.Matches(
            "^------------------ Running/Restarting Jobs -------------------\n"
            + $@"\d\d\.\d\d\.\d{{4}} \d\d:\d\d:\d\d : {id} : Đếm không ngừng \(RUNNING\)"
            + "\n--------------------------------------------------------------\nNo scheduled jobs.\n$",
            (await UntilAsync(() => RunAsync(cluster, "list"), "(RUNNING)")).Output);
        JsonNode list = JsonNode.Parse((await RunAsync(cluster, "list --json")).Output)!;
        Assert.Equal((id, "Đếm không ngừng"), ((string)list["jobs"]![0]!["jid"]!, (string)list["jobs"]![0]!["name"]!));
        CommandEnd info = await RunAsync(cluster, $"info {id}");
        Assert.StartsWith($"Đếm không ngừng ({id})\n  RUNNING, submitted ", info.Output, StringComparison.Ordinal);
        Assert.Equal("RUNNING", (string)JsonNode.Parse((await RunAsync(cluster, $"info {id} --format json")).Output)!["state"]!);

        CommandEnd events = await RunAsync(cluster, $"events {id}");
        Assert.Equal((0, ""), (events.ExitCode, events.Errors));
        Assert.Matches($"^Events of job {id}\n[^\n]*time[^\n]*event[^\n]*what\n[^\n]*\n[^\n]*submitted[^\n]*\n[^\n]*running", events.Output);
        JsonNode json = JsonNode.Parse((await RunAsync(cluster, $"events {id} --json")).Output)!;
        Assert.Equal(["RUNNING", "SUBMITTED"], json["events"]!.AsArray().Select(one => (string)one!["kind"]!));

        CommandEnd cancel = await RunAsync(cluster, $"cancel {id.ToUpperInvariant()}");

        Assert.Equal((0, $"Cancelling job {id}.\nCancelled job {id}.\n"), (cancel.ExitCode, cancel.Output));
        Assert.Equal("No running jobs.\nNo scheduled jobs.\n", (await RunAsync(cluster, "list")).Output);
        Assert.Contains($"{id} : Đếm không ngừng (CANCELED)", (await RunAsync(cluster, "list -a")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_rescaled_and_a_refusal_is_one_line()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        string engine = $"-D execution.checkpointing.dir=file://{cluster.FolderOf("c")} -D execution.checkpointing.interval=1h";
        CommandEnd run = await RunAsync(cluster, $"run {Jobs(cluster)} -c EndlessJob -d -p 1 {engine} -- --output={cluster.FolderOf("ra.txt")}");
        string id = IdIn(run.Output);
        await UntilAsync(() => RunAsync(cluster, "list"), "(RUNNING)");

        CommandEnd up = await RunAsync(cluster, $"rescale {id} --parallelism 2");
        Assert.Equal(
            (0, $"Rescaling job {id} from parallelism 1 to 2.\nJob {id} is RUNNING at parallelism 2.\n"), (up.ExitCode, up.Output));
        CommandEnd same = await RunAsync(cluster, $"rescale {id} --parallelism 2 --detached");
        Assert.Equal((0, $"Job {id} runs at parallelism 2 already.\n"), (same.ExitCode, same.Output));
        CommandEnd tooMany = await RunAsync(cluster, $"rescale {id} --parallelism 3");
        Assert.Equal((1, ""), (tooMany.ExitCode, tooMany.Output));
        Assert.StartsWith(
            $"ERROR: Could not rescale job {id}: The job cannot run at parallelism 3: besides its own it needs 1 slot, and 0 are free, 1 too few.",
            tooMany.Errors,
            StringComparison.Ordinal);
        Assert.Single(tooMany.Errors.TrimEnd().Split('\n'));

        JsonNode detached = JsonNode.Parse((await RunAsync(cluster, $"rescale {id} -p 1 -d --json")).Output)!;
        Assert.Equal((2, 1, true), ((int)detached["former-parallelism"]!, (int)detached["parallelism"]!, (bool)detached["restarts"]!));
        await UntilAsync(() => RunAsync(cluster, $"info {id} --format json"), "\"parallelism\":1,\"wanted-parallelism\":1");
        await UntilAsync(() => RunAsync(cluster, "list"), "(RUNNING)");
        JsonNode json = JsonNode.Parse((await RunAsync(cluster, $"rescale {id} -p 2 --json")).Output)!;
        Assert.Equal(("RUNNING", 2), ((string)json["state"]!, (int)json["querystream"]!["parallelism"]!));
    }

    [Fact]
    public async Task Flinks_command_lines_and_outputs_are_kept_under_its_name()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        string engine = $"-Dexecution.checkpointing.dir=file://{cluster.FolderOf("c")} -D execution.checkpointing.interval=1h";
        CommandEnd run = await FlinkAsync(cluster, $"run -d {engine} -c EndlessJob {Jobs(cluster)} --output {cluster.FolderOf("ra.txt")}");
        string id = IdIn(run.Output);
        Assert.Equal((0, $"Job has been submitted with JobID {id}\n"), (run.ExitCode, run.Output));
        await UntilAsync(() => FlinkAsync(cluster, "list -r"), "(RUNNING)");

        string target = cluster.FolderOf("lưu");
        CommandEnd savepoint = await FlinkAsync(cluster, $"savepoint {id} {target}");
        Assert.Equal((0, ""), (savepoint.ExitCode, savepoint.Errors));
        Assert.Matches(
            $"^Triggering savepoint for job {id}.\nSavepoint completed. Path: file:///.+\n"
            + "You can resume your program from this savepoint with the run command.\n$",
            savepoint.Output);
        CommandEnd stop = await FlinkAsync(cluster, $"stop --savepointPath file://{target} {id}");
        Assert.Equal(0, stop.ExitCode);
        Match path = Regex.Match(stop.Output, $"^Suspending job \"{id}\" with a CANONICAL savepoint.\nSavepoint completed. Path: (.+)\n$");
        Assert.True(path.Success, stop.Output);

        string from = $"--fromSavepoint {path.Groups[1].Value}";
        CommandEnd again = await FlinkAsync(
            cluster, $"run --detached {from} {engine} -c EndlessJob {Jobs(cluster)} --output {cluster.FolderOf("ra.txt")}");
        Assert.Equal(0, again.ExitCode);
        Assert.NotEqual(id, IdIn(again.Output));
        string unknown = new('f', 32);
        CommandEnd lost = await FlinkAsync(cluster, $"cancel {unknown}");
        Assert.Equal(1, lost.ExitCode);
        Assert.StartsWith($"ERROR: Could not cancel job {unknown}: Job {unknown} not found.", lost.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_c_cancels_the_job_or_leaves_it()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        string job = $"run {Jobs(cluster)} -c EndlessJob";
        string settings = $"-- --output={cluster.FolderOf("ra.txt")}";
        await using CommandProcess first = Start(cluster, $"{job} {settings}");
        await first.WroteAsync("is RUNNING");
        first.SendInterrupt();
        CommandEnd cancelled = await first.EndAsync();
        Assert.Equal(0, cancelled.ExitCode);
        Assert.Contains("Đếm không ngừng: CANCELED after", cancelled.Output, StringComparison.Ordinal);

        await using CommandProcess second = Start(cluster, $"{job} --on-interrupt detach {settings}");
        await second.WroteAsync("is RUNNING");
        second.SendInterrupt();
        CommandEnd left = await second.EndAsync();
        Assert.Equal(0, left.ExitCode);
        Assert.Contains($"{IdIn(left.Output)} : Đếm không ngừng (RUNNING)", (await RunAsync(cluster, "list -r")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_runs_already_is_left_alone()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        string command = $"run {Jobs(cluster)} -c EndlessJob -d --if-absent --json -- --output={cluster.FolderOf("ra.txt")}";

        JsonNode first = JsonNode.Parse((await RunAsync(cluster, command)).Output)!;
        CommandEnd second = await RunAsync(cluster, command);

        Assert.Equal(0, second.ExitCode);
        JsonNode answer = JsonNode.Parse(second.Output)!;
        Assert.Equal(((string)first["jobid"]!, false), ((string)answer["jobid"]!, (bool)answer["created"]!));
        Assert.Contains("Job 'Đếm không ngừng' runs already with JobID", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_waits_for_slots_and_without_waiting_says_what_is_missing()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        string job = $"run {Jobs(cluster)} -c LargestJob -p 2";
        string settings = $"-- --output={cluster.FolderOf("ra.txt")}";
        CommandEnd refused = await RunAsync(cluster, $"{job} {settings}");
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("Failed to submit job: The job needs 2 slots, but 1 is free on 1 worker.", refused.Errors, StringComparison.Ordinal);

        await using CommandProcess waiting = Start(cluster, $"{job} --wait 100 {settings}");
        await waiting.WroteAsync("Waiting: The job needs 2 slots");
        cluster.AddWorker("worker-2", 1);

        Assert.Equal(0, (await waiting.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_run_waits_for_a_coordinator_that_leads()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        CoordinatorNode leading = cluster.Leading!;
        cluster.Leading = null;
        string job = $"run {Jobs(cluster)} -c LargestJob --wait 100 -- --output={cluster.FolderOf("ra.txt")}";
        await using CommandProcess waiting = Start(cluster, job);
        await waiting.WroteAsync("Waiting: No coordinator leads the cluster at the moment.");
        cluster.Leading = leading;

        Assert.Equal(0, (await waiting.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_job_that_fails_ends_with_its_error()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);

        CommandEnd end = await RunAsync(cluster, $"run {Jobs(cluster)} -c FailingJob -- --output={cluster.FolderOf("ra.txt")}");

        Assert.Equal(1, end.ExitCode);
        Assert.Contains("Failing: FAILED after", end.Output, StringComparison.Ordinal);
        Assert.Contains("hỏng", end.Errors.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shipped_job_travels_as_an_assembly_like_any_other()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);

        // There is no Kafka, as the job finds out on the worker.
        CommandEnd end = await RunAsync(cluster, "run query-analytics -d --kafka 127.0.0.1:1");

        Assert.Equal(0, end.ExitCode);
        Assert.True(File.Exists(Assert.Single(Directory.GetFiles(cluster.FolderOf("jobs"), "QueryStream.Jobs.dll", SearchOption.AllDirectories))));
        Assert.Contains("Query Analytics Streaming", (await RunAsync(cluster, "list -a")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_with_a_list_of_dependencies_runs_without_the_files_that_every_worker_has()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        string job = Path.Combine(AppContext.BaseDirectory, "WordCount.dll");

        CommandEnd run = await RunAsync(cluster, $"run {job} -d -- --lines=0 --rate=1");

        Assert.Equal((0, ""), (run.ExitCode, run.Problems));
        await UntilAsync(() => RunAsync(cluster, "list -r"), "(RUNNING)");
        string[] files = Directory.GetFiles(cluster.FolderOf("worker-1"), "*", SearchOption.AllDirectories);
        files = Array.ConvertAll(files, file => Path.GetFileName(file));
        Assert.Contains("WordCount.dll", files);
        Assert.Contains("WordCount.deps.json", files);
        Assert.DoesNotContain("QueryStream.Streams.dll", files);
        Assert.DoesNotContain("librdkafka.so", files);
    }

    [Theory]
    [InlineData("list")]
    [InlineData("run query-analytics -d")]
    public async Task A_coordinator_that_is_not_there_is_one_line_within_seconds(string command)
    {
        long startedAt = TimeProvider.System.GetTimestamp();

        CommandEnd end = await CommandProcess.RunAsync(command, ("QUERYSTREAM_COORDINATOR", $"127.0.0.1:{RedisServer.FreePort()}"));

        Assert.Equal(1, end.ExitCode);
        Assert.Matches(
            @"^(ERROR|Failed to submit job): No coordinator answers at 127\.0\.0\.1:\d+: Connection refused\. Start one, or give its address: "
            + @"--coordinator HOST:PORT or \$QUERYSTREAM_COORDINATOR\.\n$",
            end.Errors);
        Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(30));
    }

    private static string Jobs(RestCluster cluster)
    {
        string folder = cluster.FolderOf("mine");
        return Directory.Exists(folder) ? Path.Combine(folder, "Việc.dll") : RestJobs.Write(folder);
    }

    private static CommandProcess Start(RestCluster cluster, string arguments) =>
        CommandProcess.Start(arguments, ("QUERYSTREAM_COORDINATOR", cluster.HostAndPort));

    private static Task<CommandEnd> RunAsync(RestCluster cluster, string arguments) =>
        CommandProcess.RunAsync(arguments, ("QUERYSTREAM_COORDINATOR", cluster.HostAndPort));

    private static Task<CommandEnd> FlinkAsync(RestCluster cluster, string arguments)
    {
        string[] parts = arguments.Split(' ', 2);
        return CommandProcess.RunAsync($"{parts[0]} -m {cluster.HostAndPort} {parts[1]}", ("QUERYSTREAM_COMMAND", "flink"));
    }

    private static async Task<CommandEnd> UntilAsync(Func<Task<CommandEnd>> run, string part)
    {
        CommandEnd? end = null;
        await TestKit.Wait.UntilAsync(
            $"'{part}'",
            async () => (end = await run()).Output.Contains(part, StringComparison.Ordinal),
            TimeSpan.FromSeconds(90),
            () => $"{end?.Output}{end?.Errors}");
        return end!;
    }

    private static string IdIn(string output) => Id().Match(output).Value;

    [GeneratedRegex("[0-9a-f]{32}")]
    private static partial Regex Id();
}
