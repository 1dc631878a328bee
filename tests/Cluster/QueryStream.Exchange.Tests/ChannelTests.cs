using QueryStream.Core;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;

namespace QueryStream.Exchange.Tests;

/// <summary>Channels between two workers of this process, over real sockets.</summary>
public sealed class ChannelTests : IAsyncLifetime
{
    private readonly ExchangeNode _a = new("a");
    private readonly ExchangeNode _b = new("b");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Elements_go_both_ways_in_order(bool sendersConnect)
    {
        TestJob job = new();
        (ExchangeNode senders, ExchangeNode receivers) = sendersConnect ? (_a, _b) : (_b, _a);
        job.Deploy(senders, receivers);
        IChannelPeer forward = senders.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());
        IChannelPeer back = receivers.Channels.Connect(job.Receivers[0].Endpoint, TestJob.Channel());

        for (int row = 0; row < 1_000; row++)
        {
            forward.Send(TestJob.Batch(row));
        }

        forward.Send(ChannelElement.Of(Control.Barrier(new CheckpointId(7)), rows: 1_000));
        forward.Send(ChannelElement.Of(Control.End, rows: 1_000));
        back.Send(ChannelElement.Credit(123, new EventTime(5), activations: 2));

        RecordingTask receiver = job.Receivers[0];
        await Wait.UntilAsync("all elements", () => receiver.Elements.Count == 1_002 && job.Senders[0].Elements.Count == 1);
        ChannelElement[] elements = [.. receiver.Elements];
        Assert.Equal(Enumerable.Range(0, 1_000), elements[..1_000].Select(element => TestJob.RowOf(element)));
        Assert.Equal((new CheckpointId(7), 1_000), (elements[1_000].Control.Checkpoint, elements[1_000].Rows));
        Assert.Equal((ControlKind.End, 1_000), (elements[1_001].Control.Kind, elements[1_001].Rows));
        ChannelElement credit = Assert.Single(job.Senders[0].Elements);
        Assert.Equal((123, new EventTime(5), 2), (credit.Bytes, credit.Watermark, credit.Activations));
        Assert.Empty(_a.Problems.Concat(_b.Problems));
    }

    [Fact]
    public async Task Channels_of_many_tasks_share_one_connection_and_keep_their_order()
    {
        const int Parallelism = 12;
        const int Elements = 50;
        TestJob[] jobs = [new(Parallelism), new(Parallelism, job: 2)];
        jobs[0].Deploy(_a, _b);
        jobs[1].Deploy(_b, _a);
        await Task.WhenAll(SendAsync(jobs[0], _a), SendAsync(jobs[1], _b));

        foreach (RecordingTask receiver in jobs.SelectMany(job => job.Receivers))
        {
            await Wait.UntilAsync("all elements", () => receiver.Elements.Count == Parallelism * Elements);
            IEnumerable<IGrouping<int, int>> bySender = receiver.Elements.Select(element => TestJob.RowOf(element)).GroupBy(row => row / 1_000);
            Assert.All(bySender, rows => Assert.Equal(Enumerable.Range(rows.Key * 1_000, Elements), rows));
        }

        Assert.Equal((1, 1), (_a.Connections, _b.Connections));
        Assert.Empty(_a.Problems.Concat(_b.Problems));

        static Task SendAsync(TestJob job, ExchangeNode node) => Task.WhenAll(Enumerable.Range(0, Parallelism).Select(from => Task.Run(() =>
        {
            IChannelPeer[] peers = [.. Enumerable.Range(0, Parallelism).Select(
                to => node.Channels.Connect(job.Senders[from].Endpoint, TestJob.Channel(from, to)))];
            for (int i = 0; i < Elements; i++)
            {
                Array.ForEach(peers, peer => peer.Send(TestJob.Batch((from * 1_000) + i)));
            }
        })));
    }

    [Fact]
    public async Task Workers_that_need_each_other_at_the_same_time_have_one_connection()
    {
        for (int round = 0; round < 20; round++)
        {
            await using ExchangeNode one = new("one");
            await using ExchangeNode two = new("two");
            TestJob job = new();
            job.Deploy(one, two);
            using Barrier both = new(2);
            Task forward = Task.Run(() => ConnectAt(both, one, job.Senders[0]).Send(TestJob.Batch(1)));
            Task back = Task.Run(() => ConnectAt(both, two, job.Receivers[0]).Send(ChannelElement.Credit(1, default, 0)));
            await Task.WhenAll(forward, back);

            await Wait.UntilAsync("both elements", () => job.Receivers[0].Elements.Count == 1 && job.Senders[0].Elements.Count == 1);
            Assert.Equal((1, 1), (one.Connections, two.Connections));
            Assert.Empty(one.Problems.Concat(two.Problems));
        }

        static IChannelPeer ConnectAt(Barrier both, ExchangeNode node, RecordingTask task)
        {
            both.SignalAndWait();
            return node.Channels.Connect(task.Endpoint, TestJob.Channel());
        }
    }

    [Fact]
    public async Task A_large_element_passes()
    {
        TestJob job = new();
        job.Deploy(_a, _b);
        byte[] bytes = new SeededRandom(1).NextBytes(20 << 20);

        IChannelPeer peer = _a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());
        peer.Send(ChannelElement.Of(Frame.Copy(bytes), link: 3));
        peer.Send(TestJob.Batch(1));

        await Wait.UntilAsync("both elements", () => job.Receivers[0].Elements.Count == 2);
        ChannelElement large = job.Receivers[0].Elements.First();
        Assert.Equal(3, large.Link);
        Assert.True(large.Frame!.Bytes.SequenceEqual(bytes));
        large.Release();
    }

    [Fact]
    public async Task An_element_over_the_limit_fails_its_sender_with_the_setting_and_nobody_else()
    {
        await using ExchangeNode small = new("s", new ExchangeOptions { MaxFrameBytes = 64 << 10 });
        TestJob job = new(parallelism: 2);
        job.Deploy(small, _b);
        IChannelPeer[] peers = [.. job.Senders.Select((task, from) => small.Channels.Connect(task.Endpoint, TestJob.Channel(from)))];

        peers[0].Send(ChannelElement.Of(Frame.Copy(new byte[65 << 10]), link: 0));
        peers[1].Send(TestJob.Batch(1));

        await Wait.UntilAsync("the other element", () => job.Receivers[0].Elements.Count == 1);
        Assert.Contains("QueryStream:Exchange:MaxFrameBytes", Assert.Single(job.Senders[0].Losses).Message, StringComparison.Ordinal);
        Assert.Empty(job.Senders[1].Losses);
        Assert.Empty(small.Problems.Concat(_b.Problems));
    }

    [Fact]
    public async Task Tasks_of_one_process_pass_batches_by_reference()
    {
        TestJob job = new();
        job.Deploy(_a, _a);
        ChannelElement sent = TestJob.Batch(1);
        _a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel()).Send(sent);
        Assert.Same(sent.Batch, Assert.Single(job.Receivers[0].Elements).Batch);
        Assert.Equal(0, _a.Connections);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Channels_of_a_removed_attempt_are_forgotten_and_the_next_attempt_uses_the_same_connection()
    {
        TestJob first = new();
        first.Deploy(_a, _b);
        IChannelPeer peer = _a.Channels.Connect(first.Senders[0].Endpoint, TestJob.Channel());
        peer.Send(TestJob.Batch(1));
        await Wait.UntilAsync("the element", () => first.Receivers[0].Elements.Count == 1);

        _b.Channels.Remove(first.Receivers[0].Endpoint);
        peer.Send(TestJob.Batch(2));
        _a.Channels.Remove(first.Senders[0].Endpoint);
        TestJob second = new(attempt: 1);
        second.Deploy(_a, _b);
        _a.Channels.Connect(second.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(3));

        await Wait.UntilAsync("the element of the next attempt", () => second.Receivers[0].Elements.Count == 1);
        Assert.Single(first.Receivers[0].Elements);
        Assert.Equal((1, 1), (_a.Connections, _b.Connections));
        Assert.Empty(first.Senders[0].Losses);
        Assert.Empty(_a.Problems.Concat(_b.Problems));
    }
}
