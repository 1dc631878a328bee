using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using QueryStream.Blobs;
using QueryStream.Blobs.Bundles;
using QueryStream.TestKit;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Calls the REST interface of a cluster as any HTTP client does.</summary>
/// <param name="cluster">The cluster.</param>
internal sealed class RestClient(RestCluster cluster) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = cluster.Address };

    public HttpClient Http => _http;

    public void Dispose() => _http.Dispose();

    /// <summary>Sends the files of the test's jobs.</summary>
    /// <returns>The hash of the bundle.</returns>
    public async Task<string> SendJobsAsync()
    {
        LocalBundle local = await LocalBundle.CollectAsync(RestJobs.Write(cluster.FolderOf("mine")), default);
        foreach ((ContentHash hash, string path) in local.Paths)
        {
            Assert.Equal(HttpStatusCode.Created, (await PutAsync(hash.ToString(), await File.ReadAllBytesAsync(path))).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Created, (await PutAsync(local.Bundle.Hash.ToString(), local.Bundle.Bytes.ToArray())).StatusCode);
        return local.Bundle.Hash.ToString();
    }

    /// <summary>Submits a job.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> SubmitAsync(string bundle, string className, Action<JsonObject>? change = null)
    {
        (HttpStatusCode status, JsonNode answer) = await TrySubmitAsync(bundle, className, change);
        Assert.True(status == HttpStatusCode.OK, answer.ToJsonString());
        return (string)answer["jobid"]!;
    }

    /// <summary>Submits a job, which may be refused.</summary>
    public Task<(HttpStatusCode Status, JsonNode Answer)> TrySubmitAsync(string bundle, string className, Action<JsonObject>? change = null)
    {
        JsonObject request = new()
        {
            ["bundle"] = bundle,
            ["entryClass"] = className,
            ["settings"] = new JsonObject { ["output"] = cluster.FolderOf("kết quả.txt") },
        };
        change?.Invoke(request);
        return SendAsync(HttpMethod.Post, "/jobs", request.ToJsonString());
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        (HttpStatusCode status, JsonNode answer) = await SendAsync(HttpMethod.Get, path);
        Assert.True(status == HttpStatusCode.OK, answer.ToJsonString());
        return answer;
    }

    public async Task<(HttpStatusCode Status, JsonNode Answer)> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using HttpRequestMessage request = new(method, path);
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(text.Length > 0, $"{method} {path}: {response.StatusCode} without a body");
        return (response.StatusCode, JsonNode.Parse(text)!);
    }

    public Task<HttpResponseMessage> PutAsync(string hash, byte[] bytes) =>
        _http.PutAsync(new Uri($"/blobs/{hash}", UriKind.Relative), new ByteArrayContent(bytes));

    /// <summary>Waits until a job is in a state.</summary>
    public Task ReachesAsync(string job, string state) => Wait.UntilAsync(
        $"the job to be {state}", async () => (string)(await GetAsync($"/jobs/{job}"))["state"]! == state, TimeSpan.FromSeconds(60));

    /// <summary>Waits until an answer shows something: the cluster learns of the end of a job after its client does.</summary>
    public Task ShowsAsync(string path, Func<JsonNode, bool> what) =>
        Wait.UntilAsync($"{path} to show it", async () => what(await GetAsync(path)), TimeSpan.FromSeconds(60));

    /// <summary>Waits until a savepoint is over.</summary>
    public async Task<JsonNode> SavepointAsync(string job, string trigger)
    {
        JsonNode? answer = null;
        await Wait.UntilAsync(
            "the savepoint to be over",
            async () => (string)(answer = await GetAsync($"/jobs/{job}/savepoints/{trigger}"))["status"]!["id"]! == "COMPLETED",
            TimeSpan.FromSeconds(60));
        return answer!["operation"]!;
    }

    /// <summary>The only error of an answer.</summary>
    public static string ErrorOf(JsonNode answer) => (string)Assert.Single(answer["errors"]!.AsArray())!;
}
