using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Frames;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;

namespace QueryStream.Exchange.Channels;

/// <summary>The end of a channel at which elements come for a task of this worker. Used by the reader of one connection.</summary>
/// <param name="near">The task of this worker.</param>
/// <param name="channel">The channel.</param>
/// <param name="sender">The attempt of the task that sends.</param>
/// <param name="peer">Delivers elements to the task's mailbox, and never waits.</param>
internal sealed class ReceivingEnd(TaskEndpoint near, ChannelId channel, Attempt sender, IChannelPeer peer)
{
    private long _received;

    // The task's worker removes it on another thread; then its state must not stay alive until the sender closes the channel too.
    private volatile IChannelPeer? _peer = peer;
    private volatile TaskEndpoint? _near = near;

    /// <summary>Delivers an element; takes over the caller's reference to the body.</summary>
    /// <exception cref="CodecException">The frame does not follow the one before, or holds no element.</exception>
    public void Receive(in FrameHeader header, Frame body)
    {
        if (_near is not { } task || _peer is not { } mailbox)
        {
            // Credit for a task that has ended.
            body.Release();
            return;
        }

        if (header.Number != _received + 1 || header.Attempt != task.Attempt)
        {
            body.Release();
            throw new CodecException(
                $"Element {header.Number} of attempt {header.Attempt} came on channel {channel}, and {_received + 1} of {task.Attempt} is next.");
        }

        _received++;
        mailbox.Send(ElementCodec.Read(body));
    }

    /// <summary>The task of this worker; null once it was removed.</summary>
    public TaskEndpoint? Near => _near;

    /// <summary>The channel.</summary>
    public ChannelId Channel => channel;

    /// <summary>The attempt of the task that sends.</summary>
    public Attempt Peer => sender;

    /// <summary>The attempt of one of the two tasks has ended, or it has moved: what still comes is dropped.</summary>
    public void Forget() => (_peer, _near) = (null, null);
}
