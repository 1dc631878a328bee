using System.Buffers;
using QueryStream.Core.Codecs;

namespace QueryStream.Cluster.Links;

/// <summary>
/// The receiving half of one end of a link: puts messages together from frames, and notices that one is missing. Used by one actor.
/// </summary>
/// <param name="link">The connection.</param>
internal sealed class LinkReceiver(LinkId link)
{
    /// <summary>The largest message. A peer must not fill the memory.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;

    private ArrayBufferWriter<byte>? _parts;
    private long _received;

    /// <summary>Takes a frame.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="message">The bytes of the message that the frame completes.</param>
    /// <returns>Whether it completes one.</returns>
    /// <exception cref="LinkException">It is not the next frame of this connection, or the message is too large.</exception>
    public bool TryReceive(LinkFrame frame, out ReadOnlyMemory<byte> message)
    {
        Require(frame.Link, frame.Number);
        _received++;
        if (_parts is null && frame.IsLast)
        {
            message = frame.Bytes;
            return true;
        }

        _parts ??= new ArrayBufferWriter<byte>();
        if ((long)_parts.WrittenCount + frame.Bytes.Length > MaxMessageBytes)
        {
            throw new LinkException($"a message of more than {MaxMessageBytes} bytes has come on it");
        }

        _parts.Write(frame.Bytes.Span);
        message = frame.IsLast ? _parts.WrittenMemory : default;
        _parts = frame.IsLast ? null : _parts;
        return frame.IsLast;
    }

    /// <summary>Compares the number of frames that the other end has sent with those that have come.</summary>
    /// <exception cref="LinkException">Frames were lost.</exception>
    public void Check(LinkHeartbeat heartbeat) => Require(heartbeat.Link, heartbeat.Sent);

    /// <summary>Reads a message to its end.</summary>
    /// <exception cref="CodecException">The bytes are damaged, or are no such message.</exception>
    public static TMessage Read<TMessage>(ReadOnlyMemory<byte> message, Func<CodecReader, TMessage> read) => read(new CodecReader(message.ToArray()));

    private void Require(LinkId from, long number)
    {
        if (from != link)
        {
            throw new LinkException($"a frame of link {from} has come on it");
        }

        if (number != _received)
        {
            throw new LinkException($"frame {number} has come, and {_received} was the next: messages were lost");
        }
    }
}

/// <summary>The other end of a link does not keep to the protocol, or messages were lost. The link is closed.</summary>
/// <param name="message">What has happened, to follow "the link is closed, since".</param>
internal sealed class LinkException(string message) : Exception(message);
