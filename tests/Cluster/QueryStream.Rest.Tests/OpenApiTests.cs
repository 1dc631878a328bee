using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>The description of the REST interface tells what the interface does.</summary>
public sealed partial class OpenApiTests
{
    private const string Document = "/openapi/v1.json";

    // The workers of these tests have no HTTP address.
    private static readonly string[] Unavailable = ["/taskmanagers/{worker}/logs", "/taskmanagers/{worker}/thread-dump"];

    [Fact]
    public async Task The_document_is_valid_and_describes_every_route_and_no_other()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        ReadResult read = OpenApiDocument.Parse((await client.GetAsync(Document)).ToJsonString());
        Assert.Empty(read.Diagnostic!.Errors.Select(error => error.ToString()));
        Assert.Empty(read.Diagnostic.Warnings.Select(warning => warning.ToString()));

        (string Path, string Method)[] described =
        [
            .. read.Document!.Paths.SelectMany(path => path.Value.Operations!.Select(operation => (path.Key, operation.Key.Method))),
        ];
        IEnumerable<(string Path, string Method)> mapped =
            from endpoint in cluster.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let pattern = endpoint.RoutePattern.RawText!
            where pattern != Document && !pattern.StartsWith("/v1/", StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
            select (pattern.Replace("{**", "{", StringComparison.Ordinal), method);
        Assert.Equal(mapped.Order(), described.Order());
    }

    [Fact]
    public async Task Every_operation_has_a_summary_an_answer_an_error_and_an_id_of_its_own()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);
        OpenApiDocument document = OpenApiDocument.Parse((await client.GetAsync(Document)).ToJsonString()).Document!;
        OpenApiOperation[] operations = [.. document.Paths.Values.SelectMany(path => path.Operations!.Values)];
        Assert.Equal(operations.Length, operations.Select(operation => operation.OperationId).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.EndsWith(".", operation.Summary, StringComparison.Ordinal);
            Assert.Equal(2, operation.Responses!.Count);
            Assert.NotNull(operation.Responses["default"].Content!["application/json"].Schema!.Properties!["errors"]);
            Assert.All(operation.Parameters ?? [], parameter => Assert.NotEmpty(parameter.Description!));
        });
        foreach ((string path, HttpMethod method, string[] required) in ((string, HttpMethod, string[])[])
            [("/jobs", HttpMethod.Post, ["bundle", "entryClass"]), ("/jars/{jarid}/run", HttpMethod.Post, [])])
        {
            IOpenApiSchema body = document.Paths[path].Operations![method].RequestBody!.Content!["application/json"].Schema!;
            Assert.Equal(required, body.Required ?? new HashSet<string>());
        }
    }

    [Fact]
    public async Task Answers_have_the_fields_and_types_of_their_schemas()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 1, slots: 2);
        using RestClient client = new(cluster);
        JsonNode document = await client.GetAsync(Document);
        string bundle = await client.SendJobsAsync();
        string failed = await client.SubmitAsync(bundle, "FailingJob");
        await client.ReachesAsync(failed, "FAILED");
        Dictionary<string, string> values = await RunAsync(client, cluster, bundle);

        List<string> unavailable = [];
        foreach ((string path, string query) in Reads(document))
        {
            string address = Part().Replace(path, part => values[part.Groups[1].Value]);
            (HttpStatusCode status, JsonNode answer) = await client.SendAsync(HttpMethod.Get, address + query);
            JsonNode responses = document["paths"]![path]!["get"]!["responses"]!;
            if (status != HttpStatusCode.OK)
            {
                unavailable.Add(path);
                responses = document["components"]!;
            }

            Check(document, path, answer, responses[status == HttpStatusCode.OK ? "200" : "responses"]!);
            if (path.StartsWith("/jobs/{jobid}", StringComparison.Ordinal) && Part().Count(path) == 1)
            {
                Check(document, path, await client.GetAsync(path.Replace("{jobid}", failed, StringComparison.Ordinal) + query), responses["200"]!);
            }
        }

        Assert.Equal(Unavailable, unavailable);
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Part();

    // All that is read as JSON.
    private static IEnumerable<(string Path, string Query)> Reads(JsonNode document) =>
        from path in document["paths"]!.AsObject()
        where path.Value!["get"]?["responses"]?["200"]?["content"]?["application/json"] is not null
        select (path.Key, path.Key switch
        {
            "/jobs/{jobid}/state/{operator}" => "?key=1",
            "/jars/{jarid}/plan" => "?entry-class=LargestJob&program-args=output=x",
            _ => "",
        });

    private static void Check(JsonNode document, string path, JsonNode answer, JsonNode response)
    {
        JsonNode schema = (response["content"] ?? response["error"]!["content"]!)["application/json"]!["schema"]!;
        Assert.Equal([], new SchemaCheck(document).Problems(path, answer, schema));
    }

    // A job with a checkpoint, a savepoint, and figures; an upload; and what names them in paths.
    private static async Task<Dictionary<string, string>> RunAsync(RestClient client, RestCluster cluster, string bundle)
    {
        string job = await client.SubmitAsync(bundle, "SummingJob", request => request["flinkConfiguration"] = new JsonObject
        {
            ["execution.checkpointing.dir"] = $"file://{cluster.FolderOf("checkpoints")}",
            ["execution.checkpointing.interval"] = "50ms",
        });
        await client.ReachesAsync(job, "RUNNING");

        // The same id for both requests, since paths name both alike. The first one fails.
        JsonObject path = new() { ["savepoint-path"] = $"file://{cluster.FolderOf("none")}" };
        (_, JsonNode disposal) = await client.SendAsync(HttpMethod.Post, "/savepoint-disposal", path.ToJsonString());
        string trigger = (string)disposal["request-id"]!;
        JsonObject target = new() { ["target-directory"] = $"file://{cluster.FolderOf("savepoints")}", ["triggerId"] = trigger };
        await client.SendAsync(HttpMethod.Post, $"/jobs/{job}/savepoints", target.ToJsonString());
        await client.SavepointAsync(job, trigger);
        string vertex = (string)(await client.GetAsync($"/jobs/{job}"))["vertices"]![0]!["id"]!;
        await client.ShowsAsync($"/jobs/{job}/vertices/{vertex}/backpressure", answer => (string)answer["status"]! == "ok");
        await client.ShowsAsync($"/jobs/{job}/checkpoints", answer => answer["latest"]!["completed"] is not null);
        long checkpoint = (long)(await client.GetAsync($"/jobs/{job}/checkpoints"))["latest"]!["savepoint"]!["id"]!;
        (_, JsonNode upload) = await client.UploadAsync("Jobs.dll", Zips.Jobs(cluster));
        return new Dictionary<string, string>
        {
            ["jobid"] = job,
            ["vertexid"] = vertex,
            ["subtask"] = "0",
            ["attempt"] = "0",
            ["checkpointid"] = $"{checkpoint}",
            ["worker"] = "worker-1",
            ["operator"] = "sums%20of/keys",
            ["triggerid"] = trigger,
            ["jarid"] = (string)upload["filename"]!,
        };
    }
}
