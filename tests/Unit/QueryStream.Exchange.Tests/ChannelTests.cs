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
}
