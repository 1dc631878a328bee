using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Connections;
using QueryStream.Exchange.Frames;
using QueryStream.Runtime.Exchange;

namespace QueryStream.Exchange.Channels;

/// <summary>
/// The end of a channel at which a task of this worker puts its elements; those of the other direction come to a <see cref="ReceivingEnd"/>. Its
/// elements are encoded on the task's thread, so that many tasks share the work, and queued.
/// </summary>
/// <param name="connection">The connection to the far task's worker.</param>
/// <param name="near">The task of this worker.</param>
/// <param name="channel">The channel.</param>
/// <param name="number">The number that the connection has given it.</param>
internal sealed class SendingEnd(Connection connection, TaskEndpoint near, ChannelId channel, int number) : IChannelPeer
{
    // The next element is probably as long as the last one. Used in turns of the task.
    private int _lastLength;
    private long _sent;

    /// <summary>The attempt of the task that receives, which is that of each frame.</summary>
    public Attempt Peer { get; } = near.PeerAttemptOf(channel);

    /// <summary>The task of this worker.</summary>
    public TaskEndpoint Near => near;

    /// <summary>The channel.</summary>
    public ChannelId Channel => channel;

    /// <inheritdoc/>
    public void Send(in ChannelElement element)
    {
        if (connection.IsClosed)
        {
            // The task is told already.
            element.Release();
            return;
        }

        CodecWriter frame = OutgoingFrames.Rent();
        try
        {
            FrameHeader.Reserve(frame, _lastLength);
            ElementCodec.Write(frame, element);
        }
        catch (Exception e)
        {
            // A codec of the job threw. Send must not throw, and skipping the element would lose rows: the task fails.
            near.Lose(channel, e);
            OutgoingFrames.Return(frame);
            return;
        }
        finally
        {
            element.Release();
        }

        _lastLength = frame.Length - FrameHeader.Size;
        if (_lastLength > connection.MaxFrameBytes)
        {
            near.Lose(channel, TooLarge(_lastLength));
            OutgoingFrames.Return(frame);
            return;
        }

        FrameHeader.Seal(frame, FrameKind.Element, number, Peer, ++_sent);
        connection.Send(frame);
    }

    /// <summary>Nothing more is sent: the other end forgets the channel.</summary>
    public void Close() => connection.Close(number, Peer);

    private ChannelRefusedException TooLarge(int length) => new(
        $"A batch on channel {channel} has {length} encoded bytes, and {connection.MaxFrameBytes} are allowed. Make the rows smaller, or raise "
        + $"{ExchangeOptions.Section}:{nameof(ExchangeOptions.MaxFrameBytes)} on all workers.");
}
