using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary><c>cluster start</c> and <c>cluster stop</c>.</summary>
public sealed class BackgroundTests : IAsyncLifetime
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("querystream-background-");
    private readonly string _http = ProcessCluster.FreePort().ToString(CultureInfo.InvariantCulture);
    private readonly string _port = ProcessCluster.FreePort().ToString(CultureInfo.InvariantCulture);

    private string State => Path.Combine(_home.FullName, "querystream", "cluster", "cluster.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await RunAsync("cluster stop");
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task A_cluster_is_started_shown_started_again_after_a_crash_and_stopped()
    {
        CommandEnd start = await StartAsync("--workers 2 --slots 3");
        Assert.True(start.ExitCode == 0, start.Errors);
        Assert.Contains("2 workers with 3 slots each", start.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode OnlyUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            Assert.Equal(OnlyUser, File.GetUnixFileMode(Path.GetDirectoryName(State)!));
        }

        int[] before = Processes();
        Assert.Equal(3, before.Length);

        CommandEnd second = await StartAsync("");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("runs on this machine already", second.ErrorLine, StringComparison.Ordinal);

        CommandEnd show = await RunAsync($"cluster show -m localhost:{_http}");
        Assert.Contains("leads, epoch ", show.Output, StringComparison.Ordinal);
        Assert.Contains("Workers: 0/6 slots used", show.Output, StringComparison.Ordinal);
        Assert.Matches(@"  worker-2  akka\.tcp://querystream@127\.0\.0\.1:\d+  0/3 slots used, 0 tasks\n", show.Output);
        JsonNode json = JsonNode.Parse((await RunAsync($"cluster show -m localhost:{_http} --json")).Output)!;
        Assert.Equal(["worker-1", "worker-2"], json["workers"]!.AsArray().Select(worker => (string)worker!["name"]!));

        Kill(before[0]);
        await Wait.UntilAsync("the coordinator to end", () => !IsAlive(before[0]));
        CommandEnd third = await StartAsync("--workers 1");
        Assert.True(third.ExitCode == 0, third.Errors);
        Assert.Contains("ending its workers", third.Errors, StringComparison.Ordinal);
        int[] after = Processes();
        Assert.Equal(2, after.Length);
        await Wait.UntilAsync("the workers before to end", () => !before.Any(IsAlive));

        CommandEnd stop = await RunAsync("cluster stop");
        Assert.Equal(0, stop.ExitCode);
        Assert.Contains($"worker-1 (process {after[1].ToString(CultureInfo.InvariantCulture)}) stopped.", stop.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(after, IsAlive);
        Assert.False(File.Exists(State));
        Assert.StartsWith("No cluster was started", (await RunAsync("cluster stop")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_start_leaves_nothing_behind_and_says_why()
    {
        using TcpListener used = new(IPAddress.Loopback, int.Parse(_http, CultureInfo.InvariantCulture));
        used.Start();
        CommandEnd inUse = await StartAsync("");
        used.Stop();
        Assert.Equal(1, inUse.ExitCode);
        Assert.Contains($"Port {_http} cannot be listened at", inUse.ErrorLine, StringComparison.Ordinal);

        CommandEnd wrong = await RunAsync(
            $"cluster start --http-port {_http} --port {_port}", ("QueryStream__Worker__MetricsInterval", "1ms"));
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("has ended instead of starting", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("Allowed: 10ms to 1h", wrong.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(State));
        Assert.Equal(1, (await RunAsync($"cluster members -m localhost:{_http}")).ExitCode);
    }

    private Task<CommandEnd> StartAsync(string options) => RunAsync($"cluster start --http-port {_http} --port {_port} {options}");

    private Task<CommandEnd> RunAsync(string arguments, params (string Name, string Value)[] environment) =>
        CommandProcess.RunAsync(arguments, [("XDG_STATE_HOME", _home.FullName), .. environment]);

    private int[] Processes() =>
        [.. JsonNode.Parse(File.ReadAllText(State))!["Processes"]!.AsArray().Select(process => (int)process!["Identity"]!["Id"]!)];

    private static void Kill(int id)
    {
        using Process process = Process.GetProcessById(id);
        process.Kill();
    }

    private static bool IsAlive(int id)
    {
        try
        {
            // One that has ended may wait for the first process of the machine to notice.
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            return !stat.Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
