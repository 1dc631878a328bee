using QueryStream.Core.Identity;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Runtime.Exchange;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Tests;

/// <summary>What happens when a worker or a connection is lost.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_worker_ends_its_peers_lose_their_channels_and_report_it_as_dead(bool survivorConnects)
    {
        await using ExchangeNode survivor = new(survivorConnects ? "a" : "z");
        await using ExchangeNode victim = new("m");
        TestJob job = new(parallelism: 2);
        await ConnectAsync(job, survivor, victim);

        await victim.DisposeAsync();

        await Wait.UntilAsync("the report", () => !survivor.Lost.IsEmpty);
        Assert.Equal((victim.Location, true), Assert.Single(survivor.Lost));
        await Wait.UntilAsync("the losses", () => Array.TrueForAll(job.Senders, task => task.Losses.Count == 1));
        Assert.Contains("the connection to worker m at", job.Senders[0].Losses.First().Message, StringComparison.Ordinal);
        Assert.Equal([3253, 3252], survivor.Problems.Select(line => line.Id));

        // Whoever connects after that learns the same.
        TestJob next = new(parallelism: 1, attempt: 1);
        next.Deploy(survivor, victim);
        survivor.Channels.Connect(next.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));
        await Wait.UntilAsync("the next loss", () => next.Senders[0].Losses.Count == 1);
        Assert.Contains("refuses connections", next.Senders[0].Losses.First().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_only_the_connection_breaks_the_channels_are_lost_and_a_new_one_serves_the_next_attempt()
    {
        await using ExchangeNode a = new("a");
        await using FaultyWire wire = new("b");
        ExchangeNode b = wire.Worker;
        TestJob first = new(parallelism: 2);
        await ConnectAsync(first, a, b);

        wire.Cut();

        await Wait.UntilAsync("the losses", () => first.Senders.Concat(first.Receivers).All(task => task.Losses.Count == 1));
        TestJob second = new(parallelism: 2, attempt: 1);
        await ConnectAsync(second, a, b);
        Assert.Empty(second.Senders.Concat(second.Receivers).SelectMany(task => task.Losses));
        Assert.Empty(a.Lost.Concat(b.Lost));
        Assert.Equal((2, 2), (a.Connections, b.Connections));
    }

    [Fact]
    public async Task A_silent_worker_is_reported_as_lost_and_not_as_dead()
    {
        ExchangeOptions impatient = new()
        {
            Heartbeat = TimeSpan.FromMilliseconds(50),
            SilenceLimit = TimeSpan.FromMilliseconds(300),
            ConnectTimeout = TimeSpan.FromMilliseconds(300),
        };
        await using ExchangeNode a = new("a", impatient);
        await using FaultyWire wire = new("b", impatient);
        ExchangeNode b = wire.Worker;
        TestJob job = new();
        await ConnectAsync(job, a, b);

        wire.IsFrozen = true;

        await Wait.UntilAsync("the losses", () => job.Senders[0].Losses.Count == 1 && job.Receivers[0].Losses.Count == 1);
        Assert.Contains("nothing was heard from the other end for 300ms", job.Senders[0].Losses.First().Message, StringComparison.Ordinal);
        await Wait.UntilAsync("the reports", () => !a.Lost.IsEmpty && !b.Lost.IsEmpty);
        Assert.All(a.Lost.Concat(b.Lost), lost => Assert.False(lost.Refused));
    }

    [Fact]
    public async Task An_idle_connection_stays_open()
    {
        ExchangeOptions impatient = new() { Heartbeat = TimeSpan.FromMilliseconds(20), SilenceLimit = TimeSpan.FromMilliseconds(200) };
        await using ExchangeNode a = new("a", impatient);
        await using ExchangeNode b = new("b", impatient);
        TestJob job = new();
        await ConnectAsync(job, a, b);
        long start = TimeProvider.System.GetTimestamp();
        await Wait.UntilAsync("a second", () => TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(1));
        Assert.Empty(a.Problems.Concat(b.Problems));
        Assert.Equal((1, 1), (a.Connections, b.Connections));
    }

    [Fact]
    public async Task A_bit_that_flips_on_the_way_breaks_the_connection_with_one_line_and_the_next_attempt_works()
    {
        await using ExchangeNode a = new("a");
        await using FaultyWire wire = new("b");
        ExchangeNode b = wire.Worker;
        TestJob job = new();
        IChannelPeer[] channels = await ConnectAsync(job, a, b);

        wire.FlipBit();
        channels[0].Send(TestJob.Batch(1, rows: 500));

        await Wait.UntilAsync("the losses", () => job.Senders[0].Losses.Count == 1 && job.Receivers[0].Losses.Count == 1);
        LogLine line = Assert.Single(b.Problems);
        Assert.Contains("checksum", line.Message, StringComparison.Ordinal);
        TestJob next = new(attempt: 1);
        await ConnectAsync(next, a, b);
        Assert.Empty(a.Lost.Concat(b.Lost));
    }

    [Fact]
    public async Task A_worker_whose_port_another_one_has_got_is_reported_as_dead()
    {
        await using ExchangeNode a = new("a");
        await using ExchangeNode b = new("b");
        TestJob job = new();
        WorkerLocation gone = b.Location with { Worker = new WorkerId("c") };
        job.AddSenders(a, gone);
        a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());

        await Wait.UntilAsync("the report", () => !a.Lost.IsEmpty);
        Assert.Equal((gone, true), Assert.Single(a.Lost));
        Assert.Contains("worker b listens there now", Assert.Single(a.Problems).Message, StringComparison.Ordinal);
        await Wait.UntilAsync("b's line", () => b.Problems.Count > 0);
        Assert.Contains("worker a means worker c, and this is b", Assert.Single(b.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Disposing_ends_everything_and_may_be_repeated()
    {
        await using ExchangeNode b = new("b");
        ExchangeNode a = new("a");
        TestJob job = new();
        await ConnectAsync(job, a, b);
        await a.DisposeAsync();
        await a.DisposeAsync();
        Assert.Equal(0, a.Channels.RunningLoops);
        Assert.Contains("this worker stops", Assert.Single(job.Senders[0].Losses).Message, StringComparison.Ordinal);
        Assert.Empty(a.Problems);
        Assert.Empty(a.Lost);

        // A task that connects late is told too.
        TestJob late = new(attempt: 1);
        late.Deploy(a, b);
        a.Channels.Connect(late.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));
        Assert.Single(late.Senders[0].Losses);
    }

    // The channels of the senders.
    private static async Task<IChannelPeer[]> ConnectAsync(TestJob job, ExchangeNode senders, ExchangeNode receivers)
    {
        job.Deploy(senders, receivers);
        List<IChannelPeer> channels = [];
        for (int from = 0; from < job.Senders.Length; from++)
        {
            for (int to = 0; to < job.Receivers.Length; to++)
            {
                receivers.Channels.Connect(job.Receivers[to].Endpoint, TestJob.Channel(from, to));
                channels.Add(senders.Channels.Connect(job.Senders[from].Endpoint, TestJob.Channel(from, to)));
                channels[^1].Send(TestJob.Batch(from));
            }
        }

        await Wait.UntilAsync("all first rows", () => Array.TrueForAll(job.Receivers, task => task.Elements.Count == job.Senders.Length));
        return [.. channels];
    }
}
