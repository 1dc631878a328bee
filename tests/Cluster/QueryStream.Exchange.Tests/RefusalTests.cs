using QueryStream.Core.Errors;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Runtime.Exchange;
using QueryStream.TestKit;
using QueryStream.Testing.Cluster;

namespace QueryStream.Exchange.Tests;

/// <summary>Channels that the far end does not accept.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly ExchangeNode _a = new("a");
    private readonly ExchangeNode _b = new("b");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    [Fact]
    public async Task A_task_of_an_earlier_attempt_is_refused_and_nothing_of_it_arrives()
    {
        TestJob old = new(attempt: 1);
        TestJob current = new(attempt: 2);
        old.AddSenders(_a, _b.Location);
        current.AddReceivers(_b, _a.Location);

        await AssertRefusedAsync(_a, old.Senders[0], "There is no subtask 0 of vertex ", ", attempt 1, on b.");
        Assert.Empty(current.Receivers[0].Elements);
        Assert.Empty(current.Receivers[0].Losses);
    }

    [Fact]
    public async Task A_task_with_another_graph_is_refused_by_both_ends()
    {
        TestJob one = new();
        TestJob other = new(version: "mapped");
        one.AddSenders(_a, _b.Location);
        other.AddReceivers(_b, _a.Location);

        await AssertRefusedAsync(_a, one.Senders[0], "There is no subtask 0 of vertex ", "on b.");
        Assert.Empty(other.Receivers[0].Elements);
    }

    [Fact]
    public async Task A_channel_that_is_open_already_is_refused_and_the_first_one_goes_on()
    {
        TestJob job = new();
        job.Deploy(_a, _b);
        IChannelPeer first = _a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());
        first.Send(TestJob.Batch(1));
        IChannelPeer second = _a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel());
        second.Send(TestJob.Batch(2));
        first.Send(TestJob.Batch(3));

        await Wait.UntilAsync("the refusal", () => job.Senders[0].Losses.Count == 1);
        Assert.Contains("is open already", job.Senders[0].Losses.First().Message, StringComparison.Ordinal);
        Assert.Equal([1, 3], job.Receivers[0].Elements.Select(element => TestJob.RowOf(element)));
    }

    [Fact]
    public void A_task_that_is_on_no_other_worker_is_refused_at_once()
    {
        TestJob job = new();
        job.AddSenders(_a, _a.Location);
        Assert.Throws<ChannelRefusedException>(() => _a.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel()));
    }

    private static async Task AssertRefusedAsync(ExchangeNode node, RecordingTask task, string start, string end)
    {
        IChannelPeer peer = node.Channels.Connect(task.Endpoint, TestJob.Channel());
        peer.Send(TestJob.Batch(1));
        await Wait.UntilAsync("the refusal", () => task.Losses.Count == 1);
        string refusal = Assert.IsType<ChannelRefusedException>(Assert.Single(task.Losses).InnerException).Message;
        Assert.StartsWith(start, refusal, StringComparison.Ordinal);
        Assert.EndsWith(end, refusal, StringComparison.Ordinal);
        Assert.Empty(node.Problems);
    }
}
