using System.Net;
using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Jobs that run: cancelling, savepoints, failures.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task A_job_is_cancelled_and_stays_among_the_ended_ones()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "EndlessJob");
        await client.ReachesAsync(job, "RUNNING");

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}?mode=cancel");

        Assert.Equal((HttpStatusCode.Accepted, "{}"), (status, answer.ToJsonString()));
        await client.ReachesAsync(job, "CANCELED");
        Assert.Equal(HttpStatusCode.Accepted, (await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}")).Status);
        await client.ShowsAsync("/overview", overview => (1, 2) == ((int)overview["jobs-cancelled"]!, (int)overview["slots-available"]!));
        JsonNode row = Assert.Single((await client.GetAsync("/jobs/overview"))["jobs"]!.AsArray())!;
        Assert.Equal(("CANCELED", "Đếm không ngừng"), ((string)row["state"]!, (string)row["name"]!));
        Assert.True((long)row["end-time"]! >= (long)row["start-time"]!);
        Assert.True((long)(await client.GetAsync($"/jobs/{job}"))["timestamps"]!["RUNNING"]! > 0);
    }

    [Fact]
    public async Task A_job_takes_a_savepoint_stops_with_another_one_and_starts_from_it()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string job = await client.SubmitAsync(bundle, "EndlessJob", WithCheckpoints);
        await client.ReachesAsync(job, "RUNNING");

        string target = $"file://{cluster.FolderOf("savepoints")}";
        string request = new JsonObject { ["target-directory"] = target, ["cancel-job"] = false, ["formatType"] = "CANONICAL" }.ToJsonString();
        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/savepoints", request);
        Assert.Equal(HttpStatusCode.Accepted, status);
        string first = (string)(await client.SavepointAsync(job, (string)answer["request-id"]!))["location"]!;

        string trigger = "0123456789abcdef0123456789abcdef";
        request = new JsonObject { ["targetDirectory"] = target, ["drain"] = false, ["triggerId"] = trigger }.ToJsonString();
        await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/stop", request);
        (status, answer) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/stop", request);
        Assert.Equal((HttpStatusCode.Accepted, trigger), (status, (string)answer["request-id"]!));
        string second = (string)(await client.SavepointAsync(job, trigger))["location"]!;
        Assert.NotEqual(first, second);
        await client.ReachesAsync(job, "FINISHED");

        JsonNode checkpoints = await client.GetAsync($"/jobs/{job}/checkpoints");
        Assert.Equal(2, (int)checkpoints["counts"]!["completed"]!);
        Assert.Equal(second, (string)checkpoints["latest"]!["savepoint"]!["external_path"]!);
        string again = await client.SubmitAsync(bundle, "EndlessJob", submission =>
        {
            WithCheckpoints(submission);
            submission["savepointPath"] = second;
        });
        await client.ReachesAsync(again, "RUNNING");
        JsonNode restored = (await client.GetAsync($"/jobs/{again}/checkpoints"))["latest"]!["restored"]!;
        Assert.StartsWith(second, (string)restored["external_path"]!, StringComparison.Ordinal);

        void WithCheckpoints(JsonObject submission) => submission["flinkConfiguration"] = new JsonObject
        {
            ["execution.checkpointing.dir"] = $"file://{cluster.FolderOf("checkpoints")}",
            ["execution.checkpointing.interval"] = "1h",
        };
    }

    [Fact]
    public async Task A_job_runs_at_another_parallelism_when_it_is_asked_to()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 2);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "SummingJob", submission =>
        {
            submission["parallelism"] = 2;
            submission["flinkConfiguration"] = new JsonObject
            {
                ["execution.checkpointing.dir"] = $"file://{cluster.FolderOf("checkpoints")}",
                ["execution.checkpointing.interval"] = "1h",
            };
        });
        await client.ReachesAsync(job, "RUNNING");

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=4");
        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal("""{"former-parallelism":2,"parallelism":4,"restarts":true}""", answer.ToJsonString());
        JsonNode details = await RunsAtAsync(4);
        Assert.Equal(4, (int)details["querystream"]!["wanted-parallelism"]!);
        Assert.Contains("from parallelism 2 to 4, as was asked for", (string)details["querystream"]!["restart-cause"]!, StringComparison.Ordinal);

        (status, answer) = await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=5");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NotEnoughSlots"), (status, (string)answer["code"]!));
        Assert.Contains("it needs 1 slot, and 0 are free, 1 too few", RestClient.ErrorOf(answer), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=129")).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=4")).Status);

        await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=1");
        details = await RunsAtAsync(1);

        // As Flink asks for it.
        JsonObject bounds = new() { ["lowerBound"] = 1, ["upperBound"] = 3 };
        JsonObject wanted = [];
        foreach (JsonNode? vertex in details["vertices"]!.AsArray())
        {
            wanted[(string)vertex!["id"]!] = new JsonObject { ["parallelism"] = bounds.DeepClone() };
        }

        (status, _) = await client.SendAsync(HttpMethod.Put, $"/jobs/{job}/resource-requirements", wanted.ToJsonString());
        Assert.Equal(HttpStatusCode.OK, status);
        await RunsAtAsync(3);
        await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}");
        await client.ReachesAsync(job, "CANCELED");
        (status, answer) = await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling?parallelism=2");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("it is CANCELED, and must be RUNNING", RestClient.ErrorOf(answer), StringComparison.Ordinal);

        async Task<JsonNode> RunsAtAsync(int parallelism)
        {
            await client.ShowsAsync($"/jobs/{job}", IsAt);
            return await client.GetAsync($"/jobs/{job}");

            bool IsAt(JsonNode shown) =>
                ("RUNNING", parallelism) == ((string)shown["state"]!, (int)shown["querystream"]!["parallelism"]!);
        }
    }

    [Fact]
    public async Task A_savepoint_that_fails_is_complete_with_its_cause_and_one_without_a_place_is_400()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "LargestJob");
        await client.ReachesAsync(job, "FINISHED");

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/savepoints", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("'target-directory' must name a directory", RestClient.ErrorOf(answer), StringComparison.Ordinal);

        (_, answer) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/stop", """{"targetDirectory":"file:///tmp/none"}""");
        JsonNode operation = await client.SavepointAsync(job, (string)answer["request-id"]!);
        Assert.Contains("the job has ended", (string)operation["failure-cause"]!["message"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Get, $"/jobs/{job}/savepoints/none")).Status);
    }

    [Fact]
    public async Task A_job_that_fails_says_why()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "FailingJob");
        await client.ReachesAsync(job, "FAILED");

        JsonNode exceptions = await client.GetAsync($"/jobs/{job}/exceptions");
        Assert.Contains("hỏng", (string)exceptions["root-exception"]!, StringComparison.Ordinal);
        Assert.True((long)exceptions["timestamp"]! > 0);
        Assert.Contains("hỏng", (string)(await client.GetAsync($"/jobs/{job}"))["querystream"]!["failure"]!, StringComparison.Ordinal);
        await client.ShowsAsync("/overview", overview => (int)overview["jobs-failed"]! == 1);
        Assert.Equal(HttpStatusCode.Conflict, (await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}?mode=cancel")).Status);
    }

    [Fact]
    public async Task A_restart_is_an_event_with_its_phases_which_is_kept_when_the_job_has_ended()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await SubmitRestartingAsync(client, delay: "20ms");
        await client.ReachesAsync(job, "FAILED");

        JsonArray events = (await client.GetAsync($"/jobs/{job}/events"))["events"]!.AsArray();
        Assert.Equal(("ENDED", "SUBMITTED"), ((string)events[0]!["kind"]!, (string)events[^1]!["kind"]!));
        Assert.StartsWith("FAILED: ", (string)events[0]!["text"]!, StringComparison.Ordinal);
        JsonNode restarted = Assert.Single(events, one => (string)one!["kind"]! == "RESTARTED")!;
        Assert.Contains("hỏng", (string)restarted["text"]!, StringComparison.Ordinal);
        JsonNode recovery = restarted["recovery"]!;
        Assert.Equal((1, 0, null), ((int)recovery["restart"]!, recovery["regions"]!.AsArray().Count, (string?)recovery["restored-from"]));
        JsonNode[] phases = [.. recovery["phases"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal(["stopped", "delayed", "placed", "deployed"], phases.Take(4).Select(phase => (string)phase["name"]!));
        long[] times = [(long)restarted["timestamp"]!, .. phases.Select(phase => (long)phase["timestamp"]!)];
        Assert.Equal(times.Order(), times);
        Assert.All(phases, phase => Assert.True((long)phase["duration"]! >= 0));
        Assert.Null(events[0]!["recovery"]);
    }

    [Fact]
    public async Task Why_a_job_writes_nothing_begins_with_its_failure()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string job = await client.SubmitAsync(bundle, "FailingJob");
        await client.ReachesAsync(job, "FAILED");

        JsonNode finding = (await client.GetAsync($"/jobs/{job}/why"))["findings"]![0]!;

        Assert.Equal("NOT_RUNNING", (string)finding["kind"]!);
        Assert.Equal("The job is FAILED", (string)finding["title"]!);
        Assert.NotEmpty((string)finding["text"]!);
    }

    [Fact]
    public async Task The_exceptions_of_a_job_that_runs_again_have_its_recovery()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await SubmitRestartingAsync(client, delay: "1h");
        await client.ReachesAsync(job, "RESTARTING");

        JsonNode entry = (await client.GetAsync($"/jobs/{job}/exceptions"))["exceptionHistory"]!["entries"]![0]!;
        Assert.Equal((1, -1L), ((int)entry["recovery"]!["restart"]!, (long)entry["recovery"]!["total"]!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?parallelism=")]
    [InlineData("?parallelism=0")]
    [InlineData("?parallelism=-1")]
    [InlineData("?parallelism=two")]
    [InlineData("?parallelism=99999999999")]
    public async Task A_parallelism_that_is_none_is_400(string query)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "LargestJob");

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}/rescaling{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("a whole number of 1 or more", RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/jobs/zzz", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/jobs/ffffffffffffffffffffffffffffffff/events", HttpStatusCode.NotFound)]
    [InlineData("GET", "/jobs/ffffffffffffffffffffffffffffffff", HttpStatusCode.NotFound)]
    [InlineData("GET", "/jobs/ffffffffffffffffffffffffffffffff/checkpoints", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/jobs/ffffffffffffffffffffffffffffffff?mode=cancel", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/jobs/ffffffffffffffffffffffffffffffff?mode=banana", HttpStatusCode.BadRequest)]
    [InlineData("PATCH", "/jobs/ffffffffffffffffffffffffffffffff/rescaling?parallelism=3", HttpStatusCode.NotFound)]
    [InlineData("GET", "/taskmanagers/tm-9", HttpStatusCode.NotFound)]
    [InlineData("GET", "/nope", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/overview", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v2/overview", HttpStatusCode.NotFound)]
    [InlineData("GET", "/v1/overview", HttpStatusCode.OK)]
    [InlineData("GET", "/overview/", HttpStatusCode.OK)]
    public async Task Statuses_are_those_of_flink_and_errors_are_json(string method, string path, HttpStatusCode expected)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(new HttpMethod(method), path);

        Assert.Equal(expected, status);
        if (expected != HttpStatusCode.OK)
        {
            Assert.NotEqual("", RestClient.ErrorOf(answer));
        }
    }

    // A job that fails, restarts once after the delay, and fails again.
    private static async Task<string> SubmitRestartingAsync(RestClient client, string delay) => await client.SubmitAsync(
        await client.SendJobsAsync(),
        "FailingJob",
        request => request["flinkConfiguration"] = new JsonObject
        {
            ["restart-strategy.type"] = "fixed-delay",
            ["restart-strategy.fixed-delay.attempts"] = "1",
            ["restart-strategy.fixed-delay.delay"] = delay,
        });
}
