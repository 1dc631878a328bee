using System.Globalization;

namespace QueryStream.Cluster.Links;

/// <summary>The messages of a connection between a worker and the leading coordinator, as Akka carries them. See docs/design/links.md.</summary>
internal abstract record LinkMessage
{
    /// <summary>Raised when a message of a link, or the way a link works, changes.</summary>
    public const byte ProtocolVersion = 1;
}

/// <summary>One connection: 128 random bits, which the worker chooses.</summary>
internal readonly record struct LinkId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>A worker asks the leader for a connection.</summary>
internal sealed record OpenLink(byte Version, LinkId Link) : LinkMessage;

/// <summary>The leader has opened its end; the sender of this message is the actor at that end.</summary>
/// <param name="Version">The version of the protocol.</param>
/// <param name="Link">The connection.</param>
/// <param name="HttpAddress">Where the leader serves HTTP: <c>http://coordinator:8081</c>.</param>
internal sealed record LinkOpened(byte Version, LinkId Link, string HttpAddress) : LinkMessage;

/// <summary>A message, or a part of one.</summary>
/// <param name="Link">The connection.</param>
/// <param name="Number">From 0, one more for each frame of this direction.</param>
/// <param name="IsLast">Whether it ends the message.</param>
/// <param name="Bytes">The bytes. Never changed after the frame has been created.</param>
internal sealed record LinkFrame(LinkId Link, long Number, bool IsLast, ReadOnlyMemory<byte> Bytes) : LinkMessage;

/// <summary>How many frames the sender has sent on the connection, so that the loss of the last ones is noticed.</summary>
internal sealed record LinkHeartbeat(LinkId Link, long Sent) : LinkMessage;

/// <summary>A coordinator that does not lead asks who does.</summary>
internal sealed record LeaderRequest : LinkMessage
{
    public static LeaderRequest Instance { get; } = new();
}

/// <summary>The leader's answer.</summary>
/// <param name="HttpAddress">Where it serves HTTP.</param>
internal sealed record LeaderReply(string HttpAddress) : LinkMessage;

/// <summary>The sender has closed the connection.</summary>
internal sealed record CloseLink(LinkId Link, string Reason) : LinkMessage;
