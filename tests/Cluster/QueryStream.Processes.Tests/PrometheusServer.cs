using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using QueryStream.TestKit;
using QueryStream.Testing;

namespace QueryStream.Processes.Tests;

/// <summary>A Prometheus of its own, with its port and a folder for its data.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly HttpClient _http;
    private string _errors = "";

    private PrometheusServer(Process process, int port)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
        process.ErrorDataReceived += (_, line) => _errors += line.Data + '\n';
        process.BeginErrorReadLine();
    }

    /// <summary>Why tests that need it are skipped; null if they are not.</summary>
    public static string? MissingReason => Programs.FindOnPath("prometheus") is null || Programs.FindOnPath("promtool") is null
        ? "This test needs prometheus and promtool on the PATH: apt-get install prometheus"
        : null;

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="folder">Where its prometheus.yml is, and its data will be.</param>
    public static async Task<PrometheusServer> StartAsync(string folder)
    {
        int port = ProcessCluster.FreePort();
        ProcessStartInfo start = new("prometheus") { RedirectStandardError = true, WorkingDirectory = folder };
        start.ArgumentList.Add("--config.file=prometheus.yml");
        start.ArgumentList.Add("--storage.tsdb.path=data");
        start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"));
        PrometheusServer server = new(Process.Start(start)!, port);
        try
        {
            await server.UntilAsync("Prometheus to be ready", server.IsReadyAsync);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Checks a file as its operators do.</summary>
    /// <param name="what">What it is: <c>config</c>, <c>rules</c>.</param>
    /// <param name="file">Its path.</param>
    public static async Task CheckAsync(string what, string file)
    {
        ProcessStartInfo start = new("promtool") { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(["check", what, file], start.ArgumentList.Add);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await Wait.ForAsync("promtool to end", process.WaitForExitAsync(), Limit);
        Assert.True(process.ExitCode == 0, $"{await output}{errors}");
    }

    /// <summary>What it answers to a request of its API.</summary>
    /// <param name="path">The path and query, behind <c>/api/v1/</c>.</param>
    /// <returns>The data of the answer.</returns>
    public async Task<JsonNode> GetAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(new Uri($"api/v1/{path}", UriKind.Relative));
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonNode.Parse(text)!["data"]!;
    }

    /// <summary>How many series an expression yields. One that does not parse fails the test.</summary>
    public async Task<int> CountAsync(string expression) =>
        (await GetAsync($"query?query={Uri.EscapeDataString(expression)}"))["result"]!.AsArray().Count;

    /// <summary>Waits for a condition.</summary>
    public Task UntilAsync(string what, Func<Task<bool>> condition) => Wait.UntilAsync(what, condition, Limit, () => _errors);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"prometheus ended with code {_process.ExitCode}: {_errors}");
        }

        try
        {
            using HttpResponseMessage response = await _http.GetAsync(new Uri("-/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
