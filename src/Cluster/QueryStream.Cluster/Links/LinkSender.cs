using QueryStream.Core.Codecs;

namespace QueryStream.Cluster.Links;

/// <summary>The sending half of one end of a link: cuts messages into numbered frames. Used by one actor.</summary>
/// <param name="link">The connection.</param>
/// <param name="send">Sends a message to the other end.</param>
internal sealed class LinkSender(LinkId link, Action<LinkMessage> send)
{
    /// <summary>
    /// The bytes of a frame. Many times below the limit of Akka's frames, so that heartbeats pass between the frames of a large message.
    /// </summary>
    public const int FrameBytes = 128 * 1024;

    private readonly CodecWriter _writer = new();
    private long _sent;

    /// <summary>Sends a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="write">Writes its bytes.</param>
    public void Send<TMessage>(TMessage message, Action<CodecWriter, TMessage> write)
    {
        _writer.Clear();
        write(_writer, message);

        // Akka keeps the frames until they are on their way, so each has bytes of its own.
        ReadOnlyMemory<byte> rest = _writer.Written.ToArray();
        while (rest.Length > FrameBytes)
        {
            SendFrame(rest[..FrameBytes], isLast: false);
            rest = rest[FrameBytes..];
        }

        SendFrame(rest, isLast: true);
    }

    /// <summary>Tells the other end how many frames it should have by now.</summary>
    public void SendHeartbeat() => send(new LinkHeartbeat(link, _sent));

    private void SendFrame(ReadOnlyMemory<byte> bytes, bool isLast) => send(new LinkFrame(link, _sent++, isLast, bytes));
}
