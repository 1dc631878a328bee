using System.Net;
using System.Text.Json.Nodes;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Jobs that are submitted over HTTP, from their files alone.</summary>
public sealed class SubmitTests
{
    [Fact]
    public async Task A_job_runs_on_workers_that_fetch_its_files_and_its_result_is_there()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 2, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        string job = await client.SubmitAsync(bundle, "LargestJob", request =>
        {
            request["parallelism"] = 2;
            request["name"] = "Số lớn nhất";
            request["settings"]!["modulus"] = "2";
        });

        await client.ReachesAsync(job, "FINISHED");
        Assert.Equal(["0: 8", "1: 9"], (await File.ReadAllLinesAsync(cluster.FolderOf("kết quả.txt"))).Order());
        JsonNode details = await client.GetAsync($"/jobs/{job}");
        Assert.Equal("Số lớn nhất", (string)details["name"]!);
        Assert.Equal(10, (long)details["querystream"]!["records-read"]!);
        Assert.True(Directory.Exists(Path.Combine(cluster.FolderOf("worker-1"), bundle)));
        Assert.True(Directory.Exists(Path.Combine(cluster.FolderOf("worker-2"), bundle)));
    }

    [Fact]
    public async Task Of_many_submissions_of_one_name_at_the_same_time_one_starts_the_job()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 4);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        (HttpStatusCode Status, JsonNode Answer)[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.TrySubmitAsync(
            bundle, "EndlessJob", request => (request["name"], request["ifAbsent"]) = ("Một lần", true))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Single(answers.Select(answer => (string)answer.Answer["jobid"]!).Distinct());
        Assert.Single(answers, answer => (bool)answer.Answer["created"]!);
        Assert.Equal(1, (int)(await client.GetAsync("/overview"))["jobs-running"]!);
    }

    [Fact]
    public async Task After_the_job_has_ended_its_name_is_free_again()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string first = await client.SubmitAsync(bundle, "LargestJob", request => (request["name"], request["ifAbsent"]) = ("Một", true));
        await client.ReachesAsync(first, "FINISHED");

        string second = await client.SubmitAsync(bundle, "LargestJob", request => (request["name"], request["ifAbsent"]) = ("Một", true));

        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Too_few_slots_are_503_with_a_code_and_leave_no_job()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        (HttpStatusCode status, JsonNode answer) = await client.TrySubmitAsync(bundle, "EndlessJob", request => request["parallelism"] = 2);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "NotEnoughSlots"), (status, (string)answer["code"]!));
        Assert.StartsWith("The job needs 2 slots, but 1 is free", RestClient.ErrorOf(answer), StringComparison.Ordinal);
        Assert.Empty((await client.GetAsync("/jobs"))["jobs"]!.AsArray());
    }

    [Theory]
    [InlineData("paralelism", 2, "The request has no field 'paralelism'. Did you mean 'parallelism'?")]
    [InlineData("parallelism", "two", "The body of the request cannot be read at $.parallelism")]
    [InlineData("parallelism", 0, "Setting 'parallelism': 0 is not allowed. Allowed: 1 to 32768.")]
    [InlineData("bundle", "abc", "The field 'bundle' must be the hash of a bundle")]
    [InlineData("entryClass", "", "The field 'entryClass' is missing")]
    [InlineData("entryClass", "Nothing", "has no class 'Nothing'. There are: EndlessJob, FailingJob, LargestJob, SummingJob.")]
    [InlineData("ifAbsent", true, "Setting 'name': is not set")]
    [InlineData("savepointPath", "file:///none", "none")]
    public async Task A_wrong_field_is_refused_with_the_reason(string field, object value, string problem)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        (HttpStatusCode status, JsonNode answer) = await client.TrySubmitAsync(
            bundle, "LargestJob", request => request[field] = JsonValue.Create(value));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(problem, RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("execution.checkpointing.intervall", "1s", "is unknown. There are: ")]
    [InlineData("execution.checkpointing.interval", "1", "'1' is not a duration")]
    [InlineData("parallelism.default", "no", "'no' is not allowed")]
    public async Task A_wrong_setting_of_the_engine_is_refused_with_the_reason(string key, string value, string problem)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        (HttpStatusCode status, JsonNode answer) = await client.TrySubmitAsync(
            bundle, "LargestJob", request => request["flinkConfiguration"] = new JsonObject { [key] = value });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith($"Setting '{key}'", RestClient.ErrorOf(answer), StringComparison.Ordinal);
        Assert.Contains(problem, RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_of_the_job_is_refused_and_missing_files_are_named()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 1);
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();

        (HttpStatusCode status, JsonNode answer) = await client.TrySubmitAsync(
            bundle, "LargestJob", request => request["settings"]!["modulus"] = "x");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("'modulus'", RestClient.ErrorOf(answer), StringComparison.Ordinal);

        string unknown = new('0', 64);
        (status, answer) = await client.TrySubmitAsync(unknown, "LargestJob");
        Assert.Equal((HttpStatusCode.BadRequest, "Blob"), (status, (string)answer["code"]!));
        Assert.StartsWith($"There is no blob {unknown}", RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "cannot be read")]
    [InlineData("[1]", "must be a JSON object, and is Array")]
    public async Task What_is_no_json_object_is_refused(string json, string problem)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);

        (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Post, "/jobs", json);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(problem, RestClient.ErrorOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_too_large_or_that_a_page_could_send_is_refused()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1, ("QueryStream:Rest:MaxRequestBytes", "2000"));
        using RestClient client = new(cluster);

        string large = new JsonObject { ["name"] = new string('x', 5000) }.ToJsonString();
        (HttpStatusCode status, _) = await client.SendAsync(HttpMethod.Post, "/jobs", large);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);

        using StringContent form = new("{}");
        using HttpResponseMessage answer = await client.Http.PostAsync(new Uri("/jobs", UriKind.Relative), form);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }
}
