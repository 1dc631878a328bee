using QueryStream.Certificates;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Runtime.Exchange;
using QueryStream.TestKit;

namespace QueryStream.Exchange.Tests;

/// <summary>Connections between workers whose certificates the cluster's authority has signed.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _cluster = new();
    private readonly TestCertificates _others = new();

    public void Dispose()
    {
        _cluster.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task Elements_go_both_ways()
    {
        await using ExchangeNode a = Node("a", _cluster);
        await using ExchangeNode b = Node("b", _cluster);
        TestJob job = new();
        job.Deploy(a, b);
        IChannelPeer forward = a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());
        IChannelPeer back = b.Channels.Connect(job.Receivers[0].Endpoint, TestJob.Channel());
        for (int row = 0; row < 200; row++)
        {
            forward.Send(TestJob.Batch(row, rows: 1_000));
            back.Send(ChannelElement.Credit(row, default, 0));
        }

        await Wait.UntilAsync("all elements", () => job.Receivers[0].Elements.Count == 200 && job.Senders[0].Elements.Count == 200);
        Assert.Equal(Enumerable.Range(0, 200), job.Receivers[0].Elements.Select(element => TestJob.RowOf(element)));
        Assert.Empty(a.Problems.Concat(b.Problems));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_with_a_certificate_of_another_authority_or_none_is_refused(bool hasCertificate)
    {
        await using ExchangeNode a = Node("a", hasCertificate ? _others : null);
        await using ExchangeNode b = Node("b", _cluster);
        TestJob job = new();
        job.Deploy(a, b);
        a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));

        await Wait.UntilAsync("the loss", () => job.Senders[0].Losses.Count == 1);
        Assert.Empty(job.Receivers[0].Elements);
        await Wait.UntilAsync("b's lines", () => b.Problems.Count > 0);
        Assert.All(b.Problems, line => Assert.Equal(3251, line.Id));
        string problem = hasCertificate ? "is not signed by the cluster's authority" : "";
        Assert.All(b.Problems, line => Assert.Contains(problem, line.Message, StringComparison.Ordinal));
        Assert.Equal([3252], a.Problems.Select(line => line.Id));
        Assert.All(a.Lost, lost => Assert.False(lost.Refused));
    }

    [Fact]
    public async Task A_worker_whose_certificate_has_expired_is_refused_and_told_why()
    {
        // Its authority is as old, and valid for longer.
        await using ExchangeNode a = Node("a", _cluster.Issue(new ManualTime()));
        await using ExchangeNode b = Node("b", _cluster);
        TestJob job = new();
        job.Deploy(a, b);
        a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));

        await Wait.UntilAsync("the loss", () => job.Senders[0].Losses.Count == 1);
        await Wait.UntilAsync("b's lines", () => b.Problems.Count > 0);
        Assert.All(b.Problems, line => Assert.Contains("has expired (2025-01-03", line.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_without_TLS_is_refused_with_one_line()
    {
        await using ExchangeNode b = Node("b", _cluster);
        using RawPeer peer = new(b);
        peer.Send(peer.Hello().ToArray());
        await peer.UntilClosedAsync();
        await Wait.UntilAsync("the line", () => b.Problems.Count > 0);
        Assert.Equal(3251, Assert.Single(b.Problems).Id);
    }

    private static ExchangeNode Node(string name, TestCertificates? certificates) => Node(name, certificates?.Issue());

    private static ExchangeNode Node(string name, PeerTls? tls) => new(
        name, new ExchangeOptions { Tls = tls, ConnectTimeout = TimeSpan.FromSeconds(1) });
}
