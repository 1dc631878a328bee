using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Exchange;

/// <summary>Identifies a channel of a job's graph, the same way at both ends.</summary>
/// <param name="Edge">The index of its edge.</param>
/// <param name="From">The subtask that sends.</param>
/// <param name="To">The subtask that receives.</param>
public readonly record struct ChannelId(int Edge, int From, int To)
{
    /// <inheritdoc/>
    public override string ToString() => $"{From} -> {To} of edge {Edge}";
}

/// <summary>
/// The first message on a channel, in both directions. Each end compares it with its own and refuses a difference: rows
/// would be decoded with another layout, or reach a subtask that does not own their key group.
/// </summary>
/// <param name="Protocol">The version of handshake and elements.</param>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt of the task at this end, which fences off tasks of earlier ones.</param>
/// <param name="PeerAttempt">That of the task at the other end, as this one knows it: another one, if one of the two has moved.</param>
/// <param name="RoutingVersion">The version of the routing table that rows are sent by.</param>
/// <param name="Fingerprint">The fingerprint of the graph: row types, codecs, key types, key groups, parallelism.</param>
public sealed record ChannelHandshake(int Protocol, JobId Job, Attempt Attempt, Attempt PeerAttempt, int RoutingVersion, string Fingerprint)
{
    /// <summary>The version that this process speaks.</summary>
    public const int CurrentProtocol = 3;

    private const int MaxFingerprint = 256;

    /// <summary>Compares the handshake of the other end with this one.</summary>
    /// <param name="other">The handshake of the other end.</param>
    /// <param name="channel">The channel, for the error.</param>
    /// <exception cref="ChannelRefusedException">It differs; names the first difference.</exception>
    public void Check(ChannelHandshake other, ChannelId channel)
    {
        (string What, object Mine, object Others)[] members =
        [
            ("protocol version", Protocol, other.Protocol),
            ("job", Job, other.Job),
            ("attempt", PeerAttempt, other.Attempt),
            ("attempt of this end", Attempt, other.PeerAttempt),
            ("routing-table version", RoutingVersion, other.RoutingVersion),
            ("fingerprint", Fingerprint, other.Fingerprint),
        ];
        foreach ((string what, object mine, object others) in members)
        {
            if (!mine.Equals(others))
            {
                throw new ChannelRefusedException(
                    $"Channel {channel} of job {Job} is refused: the other end has {what} {others}, and {mine} is expected. "
                    + "All workers must run the same version of QueryStream and of the job; a task of an earlier attempt is refused on purpose.");
            }
        }
    }

    /// <summary>Writes the handshake. The protocol version comes first in every version.</summary>
    public void Write(CodecWriter writer)
    {
        writer.WriteLength(Protocol);
        writer.WriteFixed64((ulong)(Job.Value >> 64));
        writer.WriteFixed64((ulong)Job.Value);
        writer.WriteLength(Attempt.Number);
        writer.WriteLength(PeerAttempt.Number);
        writer.WriteLength(RoutingVersion);
        writer.WriteString(Fingerprint);
    }

    /// <summary>
    /// Reads what <see cref="Write"/> wrote. Of another protocol version only the number is read, so that <see cref="Check"/> can name it.
    /// </summary>
    /// <exception cref="CodecException">The bytes are no handshake.</exception>
    public static ChannelHandshake Read(CodecReader reader)
    {
        int protocol = (int)reader.ReadUInt64(int.MaxValue);
        if (protocol != CurrentProtocol)
        {
            return new ChannelHandshake(protocol, default, default, default, 0, "");
        }

        JobId job = new(new UInt128(reader.ReadFixed64(), reader.ReadFixed64()));
        Attempt attempt = new((int)reader.ReadUInt64(int.MaxValue));
        Attempt peer = new((int)reader.ReadUInt64(int.MaxValue));
        int routing = (int)reader.ReadUInt64(int.MaxValue);
        string fingerprint = reader.ReadString() ?? "";
        return fingerprint.Length <= MaxFingerprint
            ? new ChannelHandshake(protocol, job, attempt, peer, routing, fingerprint)
            : throw reader.Damaged($"a fingerprint of {fingerprint.Length} characters, of which at most {MaxFingerprint} are possible");
    }
}
