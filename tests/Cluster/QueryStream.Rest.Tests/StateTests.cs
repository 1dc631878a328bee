using System.Net;
using System.Text.Json.Nodes;
using QueryStream.TestKit;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>The state of keys of jobs that run, and their shards.</summary>
public sealed class StateTests
{
    [Fact]
    public async Task The_state_of_a_key_is_shown_by_name_and_ids_of_its_operator()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "SummingJob", submission => submission["parallelism"] = 2);
        JsonNode answer = await UntilAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=1", 12);

        // 1 + 4 + 7.
        Assert.Equal("""{"name":"sum","kind":"value","exists":true,"value":12}""", answer["states"]![0]!.ToJsonString());
        Assert.Equal((job, "sums of/keys", 1), ((string)answer["jobid"]!, (string)answer["operator"]!, (int)answer["key"]!));
        JsonNode shards = await client.GetAsync($"/jobs/{job}/shards");
        JsonNode task = shards["shards"]!.AsArray().SelectMany(shard => shard!["tasks"]!.AsArray())
            .First(one => (string)one!["name"]! == (string)answer["task"]!)!;
        int group = (int)answer["keyGroup"]!;
        Assert.Contains(task["keyGroups"]!.AsArray(), range => (int)range!["first"]! <= group && group <= (int)range["last"]!);
        string vertex = (string)task["vertex"]!;
        foreach (string name in new[] { "sums of/keys", (string)answer["operatorId"]!, vertex })
        {
            Assert.Equal(answer["states"]!.ToJsonString(), (await client.GetAsync($"/jobs/{job}/state/{name}?key=1"))["states"]!.ToJsonString());
        }

        Assert.Equal(12, (int)(await client.GetAsync($"/jobs/{job}/state/sums%20of%2Fkeys?keyJson=1"))["states"]![0]!["value"]!);
        Assert.False((bool)(await client.GetAsync($"/jobs/{job}/state/sums%20of%2Fkeys?key=77"))["states"]![0]!["exists"]!);
    }

    [Fact]
    public async Task A_wrong_question_is_told_what_is_wrong()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "SummingJob");
        await client.ReachesAsync(job, "RUNNING");

        await RefusedAsync(client, $"/jobs/{job}/state/sums?key=1", HttpStatusCode.NotFound, "has no operator 'sums'. There are: 'sums of/keys' (");
        await RefusedAsync(client, $"/jobs/{job}/state/Sink:%20lines?key=1", HttpStatusCode.NotFound, "Operator 'Sink: lines' has no state by key");
        await RefusedAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=x", HttpStatusCode.BadRequest, "'x' is no key");
        await RefusedAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys", HttpStatusCode.BadRequest, "OPERATOR?key=KEY");
        await RefusedAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=1&keyJson=1", HttpStatusCode.BadRequest, "OPERATOR?key=KEY");
        await RefusedAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=1&timeout=2h", HttpStatusCode.BadRequest, "timeout=2h is not allowed");
        await client.SendAsync(HttpMethod.Patch, $"/jobs/{job}?mode=cancel");
        await client.ReachesAsync(job, "CANCELED");
        await RefusedAsync(client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=1", HttpStatusCode.Conflict, "is CANCELED");
        Assert.Empty((await client.GetAsync($"/jobs/{job}/shards"))["shards"]!.AsArray());
    }

    [Fact]
    public async Task A_job_that_waits_for_slots_answers_that_no_task_runs_when_the_limit_is_over()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(
            workers: 1, slots: 1, ("QueryStream:Coordinator:SlotRequestTimeout", "5min"));
        using RestClient client = new(cluster);
        string job = await client.SubmitAsync(await client.SendJobsAsync(), "SummingJob", submission => submission["parallelism"] = 2);
        await RefusedAsync(
            client, $"/jobs/{job}/state/sums%20of%2Fkeys?key=1&timeout=0s", HttpStatusCode.ServiceUnavailable, "does not run. Job");

        // The answer that is late: the job gets its slots while somebody waits.
        Task<JsonNode> waiting = client.GetAsync($"/jobs/{job}/state/sums%20of%2Fkeys?key=1&timeout=1min");
        cluster.AddWorker("worker-2", slots: 1);
        Assert.Equal(1, (int)(await waiting)["key"]!);
    }

    private static async Task RefusedAsync(RestClient client, string path, HttpStatusCode expected, string message)
    {
        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Get, path);
        Assert.Equal((expected, true), (status, ((string)answer["errors"]![0]!).Contains(message, StringComparison.Ordinal)));
    }

    private static async Task<JsonNode> UntilAsync(RestClient client, string path, int value)
    {
        JsonNode? answer = null;
        await Wait.UntilAsync(
            $"the value {value}",
            async () =>
            {
                answer = await client.GetAsync(path);
                return answer["states"]![0]!["value"] is { } found && (int)found == value;
            },
            TimeSpan.FromSeconds(60),
            () => answer?.ToJsonString() ?? "");
        return answer!;
    }
}
