using System.Net;
using System.Text.Json.Nodes;
using QueryStream.TestKit;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Which savepoints are deleted over HTTP, and what stays.</summary>
public sealed class DisposalTests
{
    [Fact]
    public async Task A_savepoint_is_deleted_with_its_directory_and_foreign_files_stay()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await StartAsync(client, cluster);
        string first = await SavepointAsync(client, cluster, job);
        string second = await SavepointAsync(client, cluster, job);
        string foreign = Path.Combine(new Uri(second).LocalPath, "mine.txt");
        await File.WriteAllTextAsync(foreign, "mine");

        Assert.Equal("{}", (await DisposeAsync(client, first)).ToJsonString());
        Assert.Equal("{}", (await DisposeAsync(client, second)).ToJsonString());

        Assert.False(Directory.Exists(new Uri(first).LocalPath));
        Assert.Equal("mine", await File.ReadAllTextAsync(foreign));
        Assert.Equal(["epoch", "lock", "mine.txt"], Directory.GetFileSystemEntries(new Uri(second).LocalPath).Select(Path.GetFileName).Order());
        Assert.Contains("There is no checkpoint", FailureOf(await DisposeAsync(client, first)), StringComparison.Ordinal);
        await client.ReachesAsync(job, "RUNNING");
    }

    [Fact]
    public async Task What_a_job_would_restart_from_stays_until_it_has_ended()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        using RestClient client = new(cluster);
        string job = await StartAsync(client, cluster);
        await client.ShowsAsync($"/jobs/{job}/checkpoints", answer => (int)answer["counts"]!["completed"]! > 2);
        string checkpoint = $"file://{cluster.FolderOf($"checkpoints/{job}/chk-2")}";
        Assert.Contains("would restart from it", FailureOf(await DisposeAsync(client, checkpoint)), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(new Uri(checkpoint).LocalPath, "_metadata")));

        // It takes no checkpoints, so it needs the savepoint as long as it runs.
        string savepoint = await SavepointAsync(client, cluster, job);
        string other = await client.SubmitAsync(await client.SendJobsAsync(), "EndlessJob", request => request["savepointPath"] = savepoint);
        await client.ReachesAsync(other, "RUNNING");
        Assert.Contains(other, FailureOf(await DisposeAsync(client, savepoint)), StringComparison.Ordinal);
        Assert.True(Directory.Exists(new Uri(savepoint).LocalPath));

        foreach (string running in (string[])[job, other])
        {
            await client.SendAsync(HttpMethod.Patch, $"/jobs/{running}");
            await client.ReachesAsync(running, "CANCELED");
        }

        await client.ShowsAsync("/overview", overview => (int)overview["jobs-running"]! == 0);
        Assert.Equal("{}", (await DisposeAsync(client, savepoint)).ToJsonString());
        Assert.Equal("{}", (await DisposeAsync(client, checkpoint)).ToJsonString());
        Assert.False(Directory.Exists(new Uri(checkpoint).LocalPath));

        // The others have all that they refer to.
        string kept = checkpoint.Replace("chk-2", "chk-3", StringComparison.Ordinal);
        string later = await client.SubmitAsync(await client.SendJobsAsync(), "EndlessJob", request => request["savepointPath"] = kept);
        await client.ReachesAsync(later, "RUNNING");
    }

    [Fact]
    public async Task What_is_no_savepoint_is_refused_and_stays()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        string folder = cluster.FolderOf("other");
        Directory.CreateDirectory(Path.Combine(folder, new string('a', 32), "chk-1"));
        string file = Path.Combine(folder, new string('a', 32), "chk-1", "_metadata");
        await File.WriteAllTextAsync(file, "nothing of ours");

        Assert.NotEmpty(FailureOf(await DisposeAsync(client, $"file://{folder}")));
        Assert.NotEmpty(FailureOf(await DisposeAsync(client, $"file://{cluster.FolderOf("none")}")));
        Assert.Contains("add chk-ID", FailureOf(await DisposeAsync(client, $"file://{folder}/{new string('a', 32)}")), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(folder));
        Assert.True(File.Exists(file));
        Assert.False(Directory.Exists(cluster.FolderOf("none")));
        foreach (string body in (string[])["{}", """{"savepoint-path":"relative"}""", """{"savepoint-path":"redis://host"}"""])
        {
            (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Post, "/savepoint-disposal", body);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("'savepoint-path' must be", RestClient.ErrorOf(answer), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await client.SendAsync(HttpMethod.Get, $"/savepoint-disposal/{new string('0', 32)}")).Status);
    }

    private static async Task<string> StartAsync(RestClient client, RestCluster cluster)
    {
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "EndlessJob", request => request["flinkConfiguration"] = new JsonObject
        {
            ["execution.checkpointing.dir"] = $"file://{cluster.FolderOf("checkpoints")}",
            ["execution.checkpointing.interval"] = "100ms",
            ["execution.checkpointing.num-retained"] = "1000",
            ["execution.checkpointing.externalized-checkpoint-retention"] = "RETAIN_ON_CANCELLATION",
        });
        await client.ReachesAsync(job, "RUNNING");
        return job;
    }

    private static async Task<string> SavepointAsync(RestClient client, RestCluster cluster, string job)
    {
        string request = new JsonObject { ["target-directory"] = $"file://{cluster.FolderOf("savepoints")}" }.ToJsonString();
        (_, JsonNode trigger) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/savepoints", request);
        return (string)(await client.SavepointAsync(job, (string)trigger["request-id"]!))["location"]!;
    }

    private static async Task<JsonNode> DisposeAsync(RestClient client, string path)
    {
        string request = new JsonObject { ["savepoint-path"] = path }.ToJsonString();
        (HttpStatusCode status, JsonNode trigger) = await client.SendAsync(HttpMethod.Post, "/savepoint-disposal", request);
        Assert.True(status == HttpStatusCode.OK, trigger.ToJsonString());
        JsonNode? answer = null;
        await Wait.UntilAsync("the disposal to be over", async () =>
            (string)(answer = await client.GetAsync($"/savepoint-disposal/{(string)trigger["request-id"]!}"))["status"]!["id"]! == "COMPLETED");
        return answer!["operation"]!;
    }

    private static string FailureOf(JsonNode operation) => (string)operation["failure-cause"]!["message"]!;
}
