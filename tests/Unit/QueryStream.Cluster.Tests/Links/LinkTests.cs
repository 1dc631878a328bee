using QueryStream.Cluster.Links;
using QueryStream.Core;

namespace QueryStream.Cluster.Tests.Links;

public sealed class LinkTests
{
    private static readonly LinkId Id = new(7);

    private readonly List<LinkMessage> _sent = [];
    private readonly LinkSender _sender;
    private readonly LinkReceiver _receiver = new(Id);

    public LinkTests() => _sender = new LinkSender(Id, _sent.Add);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LinkSender.FrameBytes)]
    [InlineData(LinkSender.FrameBytes + 1)]
    [InlineData((3 * LinkSender.FrameBytes) + 5)]
    public void A_message_of_any_size_comes_out_as_it_went_in(int size)
    {
        byte[] message = Bytes(size);
        Send(message);
        Send([1, 2]);

        Assert.All(_sent.OfType<LinkFrame>(), frame => Assert.InRange(frame.Bytes.Length, 0, LinkSender.FrameBytes));
        List<byte[]> received = Receive(_sent.OfType<LinkFrame>());
        Assert.Equal(2, received.Count);
        Assert.Equal(message, received[0]);
        Assert.Equal([1, 2], received[1]);
    }

    [Fact]
    public void A_lost_a_repeated_and_a_swapped_frame_are_refused()
    {
        for (int i = 0; i < 3; i++)
        {
            Send([(byte)i]);
        }

        LinkFrame[] frames = [.. _sent.Cast<LinkFrame>()];
        Assert.Contains("frame 2 has come, and 1 was the next", Refused([frames[0], frames[2]]), StringComparison.Ordinal);
        Assert.Contains("frame 0 has come, and 1 was the next", Refused([frames[0], frames[0]]), StringComparison.Ordinal);
        Assert.Contains("frame 1 has come, and 0 was the next", Refused([frames[1], frames[0]]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_another_connection_is_refused() =>
        Assert.Contains($"a frame of link {new LinkId(8)}", Refused([new LinkFrame(new LinkId(8), 0, true, default)]), StringComparison.Ordinal);

    [Fact]
    public void A_heartbeat_shows_that_the_last_frame_was_lost()
    {
        Send([1]);
        Send([2]);
        _sender.SendHeartbeat();
        LinkHeartbeat heartbeat = Assert.IsType<LinkHeartbeat>(_sent[^1]);

        Receive([(LinkFrame)_sent[0]]);
        Assert.Throws<LinkException>(() => _receiver.Check(heartbeat));
        Receive([(LinkFrame)_sent[1]]);
        _receiver.Check(heartbeat);
    }

    [Fact]
    public void A_message_without_an_end_does_not_fill_the_memory()
    {
        ReadOnlyMemory<byte> bytes = new byte[LinkSender.FrameBytes];
        IEnumerable<LinkFrame> endless = Enumerable.Range(0, int.MaxValue).Select(number => new LinkFrame(Id, number, false, bytes));

        Assert.Contains($"more than {LinkReceiver.MaxMessageBytes} bytes", Refused(endless), StringComparison.Ordinal);
    }

    private static byte[] Bytes(int size)
    {
        SeededRandom random = new((ulong)size);
        return [.. Enumerable.Range(0, size).Select(_ => (byte)random.Next(256))];
    }

    private static string Refused(IEnumerable<LinkFrame> frames)
    {
        LinkReceiver receiver = new(Id);
        return Assert.Throws<LinkException>(() =>
        {
            foreach (LinkFrame frame in frames)
            {
                receiver.TryReceive(frame, out _);
            }
        }).Message;
    }

    private void Send(byte[] message) => _sender.Send(message, static (writer, bytes) => writer.WriteRaw(bytes));

    private List<byte[]> Receive(IEnumerable<LinkFrame> frames)
    {
        List<byte[]> messages = [];
        foreach (LinkFrame frame in frames)
        {
            if (_receiver.TryReceive(frame, out ReadOnlyMemory<byte> message))
            {
                messages.Add(message.ToArray());
            }
        }

        return messages;
    }
}
