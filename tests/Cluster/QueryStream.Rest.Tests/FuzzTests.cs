using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>No request brings a coordinator down, or gets an answer that clients cannot read.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20_241;
    private const int Requests = 20_000;
    private const int Shown = 20;

    [Fact]
    public async Task Whatever_is_asked_is_answered_with_what_is_wrong_and_the_cluster_goes_on()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(
            workers: 1, slots: 2, ("QueryStream:Blobs:MaxJobBytes", "2000000"), ("QueryStream:Rest:MaxRequestBytes", "60000"));
        using RestClient client = new(cluster);
        string bundle = await client.SendJobsAsync();
        string job = await client.SubmitAsync(bundle, "SummingJob");
        await client.ReachesAsync(job, "RUNNING");
        string upload = (string)(await client.UploadAsync("Việc.dll", Zips.Jobs(cluster))).Answer["filename"]!;
        string vertex = (string)(await client.GetAsync($"/jobs/{job}"))["vertices"]![0]!["id"]!;
        Dictionary<string, string> known = new()
        {
            ["jobid"] = job,
            ["sha256"] = bundle,
            ["jarid"] = upload,
            ["vertexid"] = vertex,
            ["worker"] = "worker-1",
            ["operator"] = "sums of/keys",
        };
        FuzzRequests requests = new(Seed, RoutesOf(cluster), known, Zips.Jobs(cluster));
        using HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };
        ConcurrentQueue<string> problems = new();
        int answered = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            using HttpRequestMessage request = requests.Next(number, cluster.Address);
            if (problems.Count < Shown && await ProblemAsync(http, request, cluster) is { } problem)
            {
                problems.Enqueue($"request {number}, {request.Method} {request.RequestUri}: {problem}");
            }

            Interlocked.Increment(ref answered);
        });

        Assert.True(problems.IsEmpty, $"seed {Seed}:{Environment.NewLine}{string.Join(Environment.NewLine, problems)}");
        Assert.Equal(Requests, answered);
        Assert.Empty(Directory.GetDirectories(cluster.FolderOf("blobs")));
        await FreeSlotsAsync(client);
        await client.ReachesAsync(await client.SubmitAsync(await client.SendJobsAsync(), "LargestJob"), "FINISHED");
    }

    // Patterns without methods are those that refuse other methods, and the fallback.
    private static (IReadOnlyList<string> Methods, string Pattern)[] RoutesOf(RestCluster cluster)
    {
        (IReadOnlyList<string>, string)[] routes =
        [
            .. cluster.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Select(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [], endpoint.RoutePattern.RawText!))
                .Where(route => route.Item1.Count > 0),
        ];
        Assert.Contains(routes, route => route.Item2 == "/v1/jars/{jarid}/run");
        return routes;
    }

    private static async Task<string?> ProblemAsync(HttpClient http, HttpRequestMessage request, RestCluster cluster)
    {
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request);
            string text = await response.Content.ReadAsStringAsync();
            int status = (int)response.StatusCode;
            return status < 400 ? null
                : status >= 500 && response.StatusCode != HttpStatusCode.ServiceUnavailable ? $"{status} {text}"
                : text.Contains(cluster.FolderOf(""), StringComparison.Ordinal) ? $"{status} names a path of the server: {text}"
                : request.Method == HttpMethod.Head || IsError(text) ? null
                : $"{status} is no JSON with errors: '{text}'";
        }
        catch (HttpRequestException) when (request.Content is not null)
        {
            // The server closes the connection of a body that it refuses unread; its answer may be lost with it.
            return null;
        }
        catch (TaskCanceledException)
        {
            return "no answer";
        }
    }

    private static bool IsError(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["errors"] is JsonArray { Count: > 0 } errors
                && errors.All(error => error!.GetValueKind() == JsonValueKind.String && ((string)error!).Length > 0);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static async Task FreeSlotsAsync(RestClient client)
    {
        foreach (JsonNode? job in (await client.GetAsync("/jobs"))["jobs"]!.AsArray())
        {
            await client.SendAsync(HttpMethod.Patch, $"/jobs/{(string)job!["id"]!}");
        }

        await client.ShowsAsync("/overview", overview => (int)overview["slots-available"]! == 2);
    }
}
