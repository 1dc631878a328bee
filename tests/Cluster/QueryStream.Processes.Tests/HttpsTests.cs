using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using QueryStream.Certificates;
using QueryStream.Testing.Redis;

namespace QueryStream.Processes.Tests;

/// <summary>HTTP of processes that know each other by certificates.</summary>
public sealed class HttpsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-https-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_is_submitted_and_its_code_fetched_over_TLS_and_strangers_get_a_clear_answer()
    {
        string own = Certificates("own");
        await using ProcessCluster cluster = new(ClientOf(own)) { Properties = "security.ssl.rest.enabled: true" };
        CommandProcess coordinator = await StartAsync(cluster, own);

        string job = await RunJobAsync(cluster);
        CommandEnd logs = await cluster.RunAsync("logs worker-1");
        Assert.True(logs.ExitCode == 0, logs.Errors);
        Assert.Contains("Waiting for a coordinator", logs.Output, StringComparison.Ordinal);
        Assert.Contains("worker-2", (await cluster.RunAsync("cluster show")).Output, StringComparison.Ordinal);

        await RefusedAsync(
            $"run -m {cluster.Coordinator} {job}",
            "Failed to submit job: The HTTP request came without TLS, which this process asks for. "
            + $"Write https://{cluster.Coordinator} and give the directory with the cluster's ca.crt: --tls DIR or $QUERYSTREAM_TLS.");
        await RefusedAsync(
            $"run -m https://{cluster.Coordinator} {job}",
            $"Failed to submit job: What answers at {cluster.Coordinator} shows a certificate that this machine does not trust, or does not speak",
            $"Give the directory with the cluster's ca.crt (--tls DIR or $QUERYSTREAM_TLS), or write http://{cluster.Coordinator}.");
        string other = Certificates("other");
        await RefusedAsync(
            $"run -m {cluster.Coordinator} --tls {ClientOf(other)} {job}", "is not of the cluster whose ca.crt was given", "is not signed by");

        // Who trusts the cluster, but is not of it.
        File.Copy(new CertificateFiles(own).Authority, new CertificateFiles(other).Authority, overwrite: true);
        await RefusedAsync($"list -m {cluster.Coordinator} --tls {other}", "node.crt is not usable", "is not signed by the cluster's authority");
        await coordinator.WroteAsync("is refused: the HTTP request came without TLS, which this process asks for");
        Assert.DoesNotContain("ERROR", coordinator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_authentication_only_clients_with_a_certificate_are_answered()
    {
        string own = Certificates("own");
        await using ProcessCluster cluster = new(own) { Properties = "security.ssl.rest.authentication-enabled: true" };
        CommandProcess coordinator = await StartAsync(cluster, own);

        string job = await RunJobAsync(cluster);
        Assert.Equal(0, (await cluster.RunAsync("logs worker-2")).ExitCode);

        await RefusedAsync(
            $"run -m {cluster.Coordinator} --tls {ClientOf(own)} {job}",
            "Failed to submit job: The HTTPS request shows no certificate, and this process asks for one of the cluster. "
            + "Give the directory with node.crt and node.key: --tls DIR or $QUERYSTREAM_TLS.");
        await RefusedAsync($"list -m {cluster.Coordinator}", "The HTTP request came without TLS");
        await coordinator.WroteAsync("is refused: the HTTPS request shows no certificate");
        await StrangerAsync(cluster.HttpPort);
        await coordinator.WroteAsync("is not signed by the cluster's authority");
    }

    [Fact]
    public async Task A_client_with_certificates_says_so_where_nobody_speaks_TLS()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 0, slots: 1);
        await RefusedAsync(
            $"list -m {cluster.Coordinator} --tls {Certificates("own")}",
            $"What answers at {cluster.Coordinator} does not speak TLS: ",
            $"Write http://{cluster.Coordinator}, without --tls and $QUERYSTREAM_TLS.");
    }

    [Theory]
    [InlineData("coordinator -Dsecurity.ssl.rest.enabled=true", "security.ssl.rest.enabled", "give them (--tls DIR;")]
    [InlineData("worker -Dsecurity.ssl.rest.authentication-enabled=true", "security.ssl.rest.authentication-enabled", "give them (--tls DIR;")]
    [InlineData("coordinator --tls DIR -Dsecurity.ssl.rest.enabled=maybe", "security.ssl.rest.enabled", "true or false")]
    public Task Settings_that_need_certificates_are_refused_without(string command, params string[] parts) =>
        RefusedAsync($"{command.Replace("DIR", Certificates("own"), StringComparison.Ordinal)} --http-port 0", parts);

    [RedisFact(ownServer: true)]
    public async Task A_coordinator_that_does_not_lead_sends_clients_on_over_TLS()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--appendonly", "yes");
        string own = Certificates("own");
        string options = $"--tls {own} --storage redis://{redis.Address} -Dsecurity.ssl.rest.authentication-enabled=true";
        await using ProcessCluster cluster = new(own);
        await cluster.StartCoordinator(options).WroteAsync("This coordinator leads the cluster");
        (CommandProcess standby, string address) = cluster.StartStandby(options);
        await standby.WroteAsync("which the store names");

        cluster.Use(address);
        await cluster.UntilAsync("the leader's answer", "/overview", answer => (int)answer["taskmanagers"]! == 0);
        CommandEnd list = await cluster.RunAsync("list");
        Assert.True(list.ExitCode == 0, list.Errors);
    }

    // Returns the arguments of the run.
    private async Task<string> RunJobAsync(ProcessCluster cluster)
    {
        string output = Folder("out");
        string job = $"{NumberingJob.Write(Folder("job"))} -p 2 -- {NumberingJob.Settings(output)}";
        CommandEnd run = await cluster.RunAsync($"run {job}");
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.Equal(NumberingJob.Expected, NumberingJob.Written(output));
        return job;
    }

    private async Task<CommandProcess> StartAsync(ProcessCluster cluster, string certificates)
    {
        CommandProcess coordinator = cluster.StartCoordinator($"--tls {certificates}");
        cluster.StartWorker("worker-1", options: $"{cluster.WorkerOptions} --tls {certificates}");
        cluster.StartWorker("worker-2", options: $"{cluster.WorkerOptions} --tls {certificates}");
        await cluster.RegisteredAsync("worker-1", "worker-2");
        return coordinator;
    }

    // The command line refuses to show a certificate that it knows to be a stranger's; other programs do not.
    private async Task StrangerAsync(int port)
    {
        CertificateFiles files = new(Certificates("stranger"));
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        handler.ClientCertificates.Add(X509Certificate2.CreateFromPemFile(files.Node, files.NodeKey));
        using HttpClient client = new(handler);
        using HttpResponseMessage response = await client.GetAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}/overview")));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains("is not signed by the cluster's authority. Show a certificate of this cluster", answer, StringComparison.Ordinal);
    }

    private string Folder(string name) => Path.Combine(_folder.FullName, name);

    private string Certificates(string name)
    {
        CertificateFiles files = new(Folder(name));
        new CertificateIssuer(files, TimeProvider.System).Issue(new CertificateOrder([], Days: 1));
        return files.Directory;
    }

    // What a user needs who only trusts the cluster.
    private string ClientOf(string certificates)
    {
        CertificateFiles client = new($"{certificates}-client");
        Directory.CreateDirectory(client.Directory);
        File.Copy(new CertificateFiles(certificates).Authority, client.Authority, overwrite: true);
        return client.Directory;
    }

    private static async Task RefusedAsync(string command, params string[] parts)
    {
        CommandEnd end = await CommandProcess.RunAsync(command);
        Assert.Equal(1, end.ExitCode);
        Assert.All(parts, part => Assert.Contains(part, end.Errors, StringComparison.Ordinal));
    }
}
