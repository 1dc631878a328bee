using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;
using QueryStream.Certificates;
using QueryStream.TestKit;

namespace QueryStream.Cluster.Tests.Nodes;

/// <summary>Nodes that know each other by certificates, and strangers at their port.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private const int Refused = 3640;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-tls-");
    private readonly TestNodes _nodes = new() { CanCut = false };

    // When the authorities were made.
    private readonly ManualTime _past = new(TimeProvider.System.GetUtcNow().AddDays(-10));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Nodes_of_one_authority_find_each_other_and_others_do_not()
    {
        string own = Certificates("own");
        TestNode coordinator = await _nodes.StartCoordinatorAsync(own);
        TestNode worker = await _nodes.StartWorkerAsync("a", tls: own);
        await Wait.UntilAsync("the worker", () => coordinator.Leadership.Leading?.Overview().Workers.Count == 1);
        Assert.Contains(coordinator.Logs.Lines, line => line.Id == 3643);
        Assert.DoesNotContain(coordinator.Logs.Lines.Concat(worker.Logs.Lines), line => line.Level >= LogLevel.Warning);

        TestNode other = await _nodes.StartWorkerAsync("b", tls: Certificates("other"));
        await Wait.UntilAsync("both to refuse", () => RefusedBy(coordinator).Count == 1 && RefusedBy(other).Count > 0);
        Assert.Contains("is not signed by the cluster's authority", RefusedBy(coordinator)[0], StringComparison.Ordinal);
        Assert.Contains("is not signed by the cluster's authority", RefusedBy(other)[0], StringComparison.Ordinal);
        await other.DisposeAsync();

        TestNode plain = await _nodes.StartWorkerAsync("c");
        await Wait.UntilAsync("the coordinator to refuse", () => RefusedBy(coordinator).Count == 2);
        Assert.Contains("it does not speak TLS", RefusedBy(coordinator)[1], StringComparison.Ordinal);
        await plain.DisposeAsync();
        Assert.Single(coordinator.Leadership.Leading!.Overview().Workers);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_stranger_that_shows_no_certificate_or_an_expired_one_or_sends_bytes_is_refused_with_one_line()
    {
        string own = Certificates("own");
        TestNode coordinator = await _nodes.StartCoordinatorAsync(own);
        await ConnectAsync(null);
        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count == 1);
        Assert.Contains("it shows no certificate", RefusedBy(coordinator)[0], StringComparison.Ordinal);

        using (ClusterCertificates expired = Expired(own))
        {
            await ConnectAsync(expired.Own!);
        }

        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count == 2);
        Assert.Contains("has expired", RefusedBy(coordinator)[1], StringComparison.Ordinal);
        await SendAsync(_nodes.CoordinatorPort, Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count == 3);
        Assert.Contains("it does not speak TLS", RefusedBy(coordinator)[2], StringComparison.Ordinal);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_node_goes_on_when_those_to_whom_it_connects_die_in_the_handshake()
    {
        string own = Certificates("own");
        using (TcpListener dying = new(IPAddress.Loopback, _nodes.CoordinatorPort))
        {
            dying.Start();
            await _nodes.StartWorkerAsync("a", tls: own);
            for (int i = 0; i < 3; i++)
            {
                Task<Socket> accepting = dying.AcceptSocketAsync();
                await Wait.ForAsync("the worker to connect", accepting);
                using Socket accepted = await accepting;
                await accepted.ReceiveAsync(new byte[16]);
            }
        }

        TestNode coordinator = await _nodes.StartCoordinatorAsync(own);
        await Wait.UntilAsync("the worker", () => coordinator.Leadership.Leading?.Overview().Workers.Count == 1);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "what it sends is not understood")]
    [InlineData("\u0005\0\0\0hello", "what it sends is no message of a cluster")]
    [InlineData("\u00ff\u00ff\u00ff\u00ffhello", "what it sends is not understood")]
    public async Task Without_TLS_the_bytes_of_a_stranger_cost_one_line_too(string bytes, string problem)
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        await SendAsync(_nodes.CoordinatorPort, Encoding.Latin1.GetBytes(bytes));
        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count > 0);
        Assert.Contains(problem, Assert.Single(RefusedBy(coordinator)), StringComparison.Ordinal);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_node_of_another_cluster_is_refused_with_one_line()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        await _nodes.StartWorkerAsync("a", cluster: "other");
        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count > 0);
        Assert.Contains("it sends messages to akka.tcp://other@", Assert.Single(RefusedBy(coordinator)), StringComparison.Ordinal);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task What_a_stranger_has_chosen_is_cut()
    {
        TestNode coordinator = await _nodes.StartCoordinatorAsync();
        await _nodes.StartWorkerAsync("a", cluster: new string('x', 500));
        await Wait.UntilAsync("a line", () => RefusedBy(coordinator).Count > 0);
        Assert.EndsWith("xxx...", Assert.Single(RefusedBy(coordinator)), StringComparison.Ordinal);
    }

    private static List<string> RefusedBy(TestNode node) =>
        [.. node.Logs.Lines.Where(line => line.Id == Refused).Select(line => line.Message)];

    private string Certificates(string name)
    {
        string path = Path.Combine(_folder.FullName, name);
        new CertificateIssuer(new CertificateFiles(path), _past).Issue(new CertificateOrder([], Days: 100));
        return path;
    }

    // Of the same authority.
    private ClusterCertificates Expired(string of)
    {
        CertificateFiles from = new(of);
        CertificateFiles files = new(Path.Combine(_folder.FullName, "expired"));
        Directory.CreateDirectory(files.Directory);
        File.Copy(from.Authority, files.Authority);
        File.Copy(from.AuthorityKey, files.AuthorityKey);
        new CertificateIssuer(files, _past).Issue(new CertificateOrder([], Days: 1));
        return ClusterCertificates.Load(files, _past);
    }

    // Whether the server refuses is seen in its log: with TLS 1.3, a client learns it late or not at all.
    private async Task ConnectAsync(X509Certificate2? certificate)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _nodes.CoordinatorPort);
        await using SslStream tls = new(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                ClientCertificates = certificate is null ? null : [certificate],
                LocalCertificateSelectionCallback = certificate is null ? null : (_, _, _, _, _) => certificate,
            });
            await UntilClosedAsync(tls);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            // Refused at once.
        }
    }

    private static async Task SendAsync(int port, byte[] bytes)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(bytes);
        await UntilClosedAsync(client.GetStream());
    }

    private static async Task UntilClosedAsync(Stream stream)
    {
        try
        {
            await Wait.ForAsync("the connection to be closed", stream.CopyToAsync(Stream.Null));
        }
        catch (IOException)
        {
            // By a reset.
        }
    }
}
