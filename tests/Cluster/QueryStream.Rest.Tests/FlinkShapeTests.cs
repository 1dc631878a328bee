using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>The answers have the fields of Flink 1.20's recorded answers, with the same types. Fields of our own are allowed.</summary>
public sealed class FlinkShapeTests
{
    [Fact]
    public async Task Answers_have_the_fields_and_types_of_flinks()
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
        await TestKit.Wait.UntilAsync("a checkpoint", async () =>
            (await client.GetAsync($"/jobs/{job}/checkpoints"))["latest"]!["completed"] is not null);

        await CompareAsync(client, "/overview", "GET_overview");
        await CompareAsync(client, "/config", "GET_config");
        await CompareAsync(client, "/jobs", "GET_jobs");
        await CompareAsync(client, "/jobs/overview", "GET_jobs_overview");
        await CompareAsync(client, $"/jobs/{job}", "GET_jobs_JOBID");
        await CompareAsync(client, "/taskmanagers", "GET_taskmanagers");
        await CompareAsync(client, "/jobmanager/logs", "GET_jobmanager_logs");
        await CompareAsync(client, $"/jobs/{job}/checkpoints", "GET_jobs_JOBID_checkpoints__after_savepoint", WithoutRunningCheckpoints);
    }

    [Fact]
    public async Task The_exceptions_of_a_failed_job_and_a_job_of_several_vertices_have_them_too()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string failed = await client.SubmitAsync(bundle, "FailingJob");
        await client.ReachesAsync(failed, "FAILED");
        await CompareAsync(client, $"/jobs/{failed}/exceptions", "GET_jobs_JOBID_exceptions");

        string finished = await client.SubmitAsync(bundle, "LargestJob");
        await client.ReachesAsync(finished, "FINISHED");
        await CompareAsync(client, $"/jobs/{finished}", "GET_jobs_JOBID");
    }

    // The recorded history has completed checkpoints only; one that runs has no path yet, there as here.
    private static void WithoutRunningCheckpoints(JsonNode checkpoints) =>
        checkpoints["history"]!.AsArray().RemoveAll(static checkpoint => (string?)checkpoint!["status"] == "IN_PROGRESS");

    private static async Task CompareAsync(RestClient client, string path, string recorded, Action<JsonNode>? leaveOut = null)
    {
        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Flink", $"{recorded}.json")))!;
        List<string> differences = [];
        JsonNode actual = await client.GetAsync(path);
        leaveOut?.Invoke(actual);
        Compare("", expected, actual, differences);
        Assert.True(differences.Count == 0, $"{path}: {string.Join("; ", differences)}");
    }

    private static void Compare(string at, JsonNode? expected, JsonNode? actual, List<string> differences)
    {
        switch (expected)
        {
            case JsonObject fields when actual is JsonObject others:
                foreach ((string name, JsonNode? value) in fields)
                {
                    // An input is left out for a source, there as here.
                    if (others.TryGetPropertyValue(name, out JsonNode? other))
                    {
                        Compare($"{at}.{name}", value, other, differences);
                    }
                    else if (name != "inputs")
                    {
                        differences.Add($"{at}.{name} is missing");
                    }
                }

                break;
            case JsonArray elements when actual is JsonArray others:
                foreach (JsonNode? other in others)
                {
                    Compare($"{at}[]", elements.FirstOrDefault(), other, differences);
                }

                break;
            case null:
            case JsonValue when actual is null:
                // Either may be unknown.
                break;
            case JsonValue when actual is JsonValue unknown && unknown.TryGetValue(out string? text) && text == "NaN":
                // So Flink writes percentiles that are not known.
                break;
            case not null when expected.GetValueKind() != actual?.GetValueKind() && !AreBooleans(expected, actual):
                differences.Add($"{at} is {actual?.GetValueKind()} instead of {expected.GetValueKind()}");
                break;
        }
    }

    private static bool AreBooleans(JsonNode expected, JsonNode? actual) =>
        expected.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False
        && actual?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;
}
