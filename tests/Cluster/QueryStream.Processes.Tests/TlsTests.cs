using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using QueryStream.Certificates;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>Processes that know each other by certificates.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-tls-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_runs_over_two_workers_and_strangers_are_refused_with_one_line()
    {
        string own = await CertificatesAsync("own");
        await using ProcessCluster cluster = new();
        CommandProcess coordinator = cluster.StartCoordinator($"--tls {own}");
        string port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        string join = $"--coordinator localhost:{port} --http-port 0";
        CommandProcess first = cluster.StartWorker("worker-1", options: $"{join} --tls {own}");
        CommandProcess second = cluster.StartWorker("worker-2", options: $"{join} --tls {own}");
        await cluster.RegisteredAsync("worker-1", "worker-2");
        string members = (await cluster.RunAsync("cluster members")).Output;
        Assert.Equal(3, Regex.Count(members, @"akka\.ssl\.tcp://querystream@127\.0\.0\.1:\d+"));

        string output = Folder("out");
        CommandEnd run = await cluster.RunAsync($"run {NumberingJob.Write(Folder("job"))} -p 2 -- {NumberingJob.Settings(output)}");
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));

        CommandProcess other = cluster.StartWorker("worker-3", options: $"{join} --tls {await CertificatesAsync("other")}");
        await coordinator.WroteAsync("is not signed by the cluster's authority");
        await other.WroteAsync("is not signed by the cluster's authority");
        await SendAsync(cluster.Port, "GET / HTTP/1.1\r\n\r\n");
        await coordinator.WroteAsync("it does not speak TLS");
        string data = Regex.Match(first.Errors, @"exchanges rows with other workers at 127\.0\.0\.1:(\d+)").Groups[1].Value;
        await SendAsync(int.Parse(data, CultureInfo.InvariantCulture), "GET / HTTP/1.1\r\n\r\n");
        await first.WroteAsync("Refused a connection from 127.0.0.1:");

        await cluster.RegisteredAsync("worker-1", "worker-2");
        Assert.Equal(2, Regex.Count(coordinator.Errors, "A connection with .* is refused"));
        Assert.Single(Regex.Matches(first.Errors, "Refused a connection"));
        Assert.DoesNotContain("ERROR", coordinator.Errors + first.Errors + second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_does_not_start_where_others_reach_it_without_protection_or_with_certificates_that_others_would_refuse()
    {
        await RefusedAsync("coordinator --port 0 --http-port 0 --host 127.0.0.1 --bind 0.0.0.0", "--tls DIR", "--insecure");
        await RefusedAsync(
            "worker --http-port 0", ("QueryStream__Exchange__Bind", "0.0.0.0"), "QueryStream:Exchange:Bind", "--tls DIR", "--insecure");
        await RefusedAsync(
            "coordinator --port 0 --http-port 0", ("QueryStream__Http__Bind", "0.0.0.0"), "QueryStream:Http:Bind", "--tls DIR", "--insecure");
        await RefusedAsync($"worker --tls {Folder("nowhere")}", $"{Folder("nowhere")}/ca.crt does not exist");

        CertificateFiles expired = new(Folder("expired"));
        new CertificateIssuer(expired, new ManualTime()).Issue(new CertificateOrder([], Days: 1));
        await RefusedAsync($"worker --http-port 0 --tls {expired.Directory}", "has expired (2025-01-02");
    }

    [Fact]
    public async Task What_other_machines_reach_without_protection_says_so_loudly()
    {
        await using CommandProcess coordinator = CommandProcess.Start("coordinator --port 0 --http-port 0 --bind 0.0.0.0 --insecure");
        await coordinator.WroteAsync("WARN  This process can be reached by other machines, at 0.0.0.0, without TLS (--insecure)");
    }

    [Fact]
    public async Task The_command_says_what_it_has_made_and_what_comes_next_and_replaces_nothing()
    {
        string folder = Folder("made");
        CommandEnd made = await CommandProcess.RunAsync($"cluster certificates {folder} --hosts worker-1,10.0.0.7 --days 30");
        Assert.True(made.ExitCode == 0, made.Errors);
        Assert.Contains($"--host HOST --bind 0.0.0.0 --tls {folder}\n", made.Output, StringComparison.Ordinal);
        Assert.Equal(["ca.crt", "ca.key", "node.crt", "node.key"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        await RefusedAsync($"cluster certificates {folder}", "node.crt exists already and is not replaced");
        await RefusedAsync($"cluster certificates {Folder("new")} --hosts a/b", "'a/b' is no name of a machine and no IP address");
        await RefusedAsync($"cluster certificates {Folder("new")} --days 0", "'0' is not allowed. Allowed: a whole number, 1 to 7300");
        Assert.False(Directory.Exists(Folder("new")));
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    private async Task<string> CertificatesAsync(string name)
    {
        CommandEnd end = await CommandProcess.RunAsync($"cluster certificates {Folder(name)}");
        Assert.True(end.ExitCode == 0, end.Errors);
        return Folder(name);
    }

    private static Task RefusedAsync(string command, params string[] parts) => RefusedAsync(command, ("TZ", "UTC"), parts);

    private static async Task RefusedAsync(string command, (string Name, string Value) variable, params string[] parts)
    {
        CommandEnd end = await CommandProcess.RunAsync(command, variable);
        Assert.Equal(1, end.ExitCode);
        string line = Assert.Single(end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All(parts, part => Assert.Contains(part, line, StringComparison.Ordinal));
    }

    private static async Task SendAsync(int port, string text)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        try
        {
            await Wait.ForAsync("the connection to be closed", client.GetStream().CopyToAsync(Stream.Null));
        }
        catch (IOException)
        {
            // By a reset.
        }
    }
}
