using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>
/// The answers have the fields of Flink 1.20's recorded answers, with the same types; those that are left out are listed in docs/rest.md, with a
/// reason.
/// </summary>
public sealed class FlinkShapeTests
{
    [Fact]
    public async Task Answers_about_a_running_job_have_the_fields_and_types_of_flinks()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string job = await client.SubmitAsync(bundle, "EndlessJob", request => request["flinkConfiguration"] = new JsonObject
        {
            ["execution.checkpointing.dir"] = $"file://{cluster.FolderOf("checkpoints")}",
            ["execution.checkpointing.interval"] = "50ms",
        });
        await client.ReachesAsync(job, "RUNNING");
        string request = new JsonObject { ["target-directory"] = $"file://{cluster.FolderOf("savepoints")}" }.ToJsonString();
        (_, JsonNode trigger) = await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/savepoints", request);
        await client.SavepointAsync(job, (string)trigger["request-id"]!);
        string vertex = (string)(await client.GetAsync($"/jobs/{job}"))["vertices"]![0]!["id"]!;
        await TestKit.Wait.UntilAsync("rates", async () =>
            (string)(await client.GetAsync($"/jobs/{job}/vertices/{vertex}/backpressure"))["status"]! == "ok");
        await TestKit.Wait.UntilAsync("a checkpoint", async () =>
            (await client.GetAsync($"/jobs/{job}/checkpoints"))["latest"]!["completed"] is not null);
        long checkpoint = (long)(await client.GetAsync($"/jobs/{job}/checkpoints"))["latest"]!["savepoint"]!["id"]!;

        await CompareAsync(client, new Dictionary<string, string>
        {
            ["/overview"] = "overview",
            ["/config"] = "config",
            ["/jobs"] = "jobs",
            ["/jobs/overview"] = "jobs-overview",
            ["/taskmanagers"] = "taskmanagers",
            ["/taskmanagers/worker-1"] = "taskmanager",
            ["/jobmanager/config"] = "jobmanager-config",
            ["/jobmanager/environment"] = "environment",
            ["/jobmanager/logs"] = "logs",
            ["/jobmanager/thread-dump"] = "thread-dump",
            ["/jobmanager/metrics?get=numRunningJobs"] = "metrics",
            [$"/jobs/{job}"] = "job",
            [$"/jobs/{job}/plan"] = "plan",
            [$"/jobs/{job}/status"] = "status",
            [$"/jobs/{job}/config"] = "job-config",
            [$"/jobs/{job}/accumulators"] = "accumulators",
            [$"/jobs/{job}/metrics?get=uptime,numRestarts"] = "metrics",
            [$"/jobs/{job}/resource-requirements"] = "resource-requirements",
            [$"/jobs/{job}/checkpoints"] = "checkpoints",
            [$"/jobs/{job}/checkpoints/config"] = "checkpoints-config",
            [$"/jobs/{job}/checkpoints/details/{checkpoint}"] = "checkpoint",
            [$"/jobs/{job}/checkpoints/details/{checkpoint}/subtasks/{vertex}"] = "checkpoint-vertex",
            [$"/jobs/{job}/vertices/{vertex}"] = "vertex",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/0"] = "subtask",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/0/attempts/0"] = "subtask",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/0/attempts/0/accumulators"] = "attempt-accumulators",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/accumulators"] = "subtasks-accumulators",
            [$"/jobs/{job}/vertices/{vertex}/subtasktimes"] = "subtasktimes",
            [$"/jobs/{job}/vertices/{vertex}/taskmanagers"] = "vertex-taskmanagers",
            [$"/jobs/{job}/vertices/{vertex}/backpressure"] = "backpressure",
            [$"/jobs/{job}/vertices/{vertex}/watermarks"] = "watermarks",
            [$"/jobs/{job}/vertices/{vertex}/accumulators"] = "vertex-accumulators",
            [$"/jobs/{job}/vertices/{vertex}/metrics?get=0.numRecordsIn"] = "metrics",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/0/metrics?get=numRecordsIn"] = "metrics",
            [$"/jobs/{job}/vertices/{vertex}/subtasks/metrics?get=numRecordsIn"] = "metrics-aggregated",
        });
    }

    [Fact]
    public async Task Answers_about_ended_jobs_have_them_too()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string failed = await client.SubmitAsync(bundle, "FailingJob");
        await client.ReachesAsync(failed, "FAILED");
        string finished = await client.SubmitAsync(bundle, "LargestJob");
        await client.ReachesAsync(finished, "FINISHED");

        await CompareAsync(client, new Dictionary<string, string>
        {
            [$"/jobs/{failed}/exceptions"] = "exceptions",
            [$"/jobs/{finished}"] = "job",
            [$"/jobs/{finished}/execution-result"] = "execution-result",
            [$"/jobs/{finished}/accumulators"] = "accumulators",
        });
    }

    private static async Task CompareAsync(RestClient client, IReadOnlyDictionary<string, string> shapes)
    {
        string documented = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "rest.md"));
        List<string> differences = [];
        foreach ((string path, string shape) in shapes)
        {
            foreach (string missing in new FlinkShape(shape).Missing(await client.GetAsync(path)))
            {
                // Documented as: `shape` `.the.field`
                if (!documented.Contains($"`{shape}` `{missing}`", StringComparison.Ordinal))
                {
                    differences.Add($"{path}, of shape {shape}: {missing}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join(Environment.NewLine, differences));
    }
}
