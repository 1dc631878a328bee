using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using QueryStream.Core.Codecs;
using QueryStream.Cluster.Membership;
using QueryStream.Cluster.Sharding;
using QueryStream.Wire.State;

namespace QueryStream.Cluster.Links;

/// <summary>
/// The bytes of all messages that QueryStream sends through Akka, by hand and without reflection. Akka calls it on any thread.
/// </summary>
public sealed class ClusterSerializer : SerializerWithStringManifest
{
    // Enough for a reason or an address; more is somebody else's.
    private const int MaxText = 1_024;

    /// <summary>Created by Akka.</summary>
    public ClusterSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => 7_001;

    /// <inheritdoc/>
    public override string Manifest(object o) => o switch
    {
        OpenLink => "OL",
        LinkOpened => "LO",
        LinkFrame => "LF",
        LinkHeartbeat => "LH",
        CloseLink => "CL",
        JoinInvitation => "JI",
        LeaveRequest => "LR",
        LeaderRequest => "WL",
        LeaderReply => "LD",
        KeyRequest => "KQ",
        KeyReply => "KA",
        PlacementRequest => "PQ",
        PlacementReply => "PA",
        _ => throw new SerializationException($"{o.GetType()} is no message of QueryStream's cluster."),
    };

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        CodecWriter writer = new();
        switch (obj)
        {
            case OpenLink open:
                writer.WriteByte(open.Version);
                writer.WriteUInt128(open.Link.Value);
                break;
            case LinkOpened opened:
                writer.WriteByte(opened.Version);
                writer.WriteUInt128(opened.Link.Value);
                writer.WriteString(opened.HttpAddress);
                break;
            case LinkFrame frame:
                writer.WriteUInt128(frame.Link.Value);
                writer.WriteUInt64((ulong)frame.Number);
                writer.WriteBoolean(frame.IsLast);
                writer.WriteRaw(frame.Bytes.Span);
                break;
            case LinkHeartbeat heartbeat:
                writer.WriteUInt128(heartbeat.Link.Value);
                writer.WriteUInt64((ulong)heartbeat.Sent);
                break;
            case CloseLink close:
                writer.WriteUInt128(close.Link.Value);
                writer.WriteString(close.Reason[..Math.Min(close.Reason.Length, MaxText)]);
                break;
            case JoinInvitation invitation:
                writer.WriteByte(invitation.Version);
                writer.WriteString(invitation.Address);
                break;
            case LeaderRequest or LeaveRequest:
                break;
            case LeaderReply leader:
                writer.WriteString(leader.HttpAddress);
                break;
            case KeyRequest request:
                StateFormat.Write(writer, request.Query);
                writer.WriteUInt64((ulong)request.JobSlot);
                break;
            case KeyReply reply:
                StateFormat.Write(writer, reply.Answer);
                break;
            case PlacementRequest:
                writer.WriteByte(StateFormat.Version);
                break;
            case PlacementReply placement:
                WritePlacement(writer, placement);
                break;
            default:
                throw new SerializationException($"{obj.GetType()} is no message of QueryStream's cluster.");
        }

        return writer.Written.ToArray();
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            CodecReader reader = new(bytes);
            object message = manifest switch
            {
                "OL" => new OpenLink(reader.ReadByte(), ReadLink(reader)),
                "LO" => new LinkOpened(reader.ReadByte(), ReadLink(reader), ReadText(reader)),
                "LF" => new LinkFrame(ReadLink(reader), ReadNumber(reader), reader.ReadBoolean(), reader.ReadRaw(reader.Remaining).ToArray()),
                "LH" => new LinkHeartbeat(ReadLink(reader), ReadNumber(reader)),
                "CL" => new CloseLink(ReadLink(reader), ReadText(reader)),
                "JI" => new JoinInvitation(reader.ReadByte(), ReadText(reader)),
                "LR" => new LeaveRequest(),
                "WL" => LeaderRequest.Instance,
                "LD" => new LeaderReply(ReadText(reader)),
                "KQ" => ReadKeyRequest(reader),
                "KA" => new KeyReply(StateFormat.ReadAnswer(reader)),
                "PQ" => CheckVersion(reader, PlacementRequest.Instance),
                "PA" => ReadPlacement(reader),
                _ => throw new SerializationException($"'{manifest}' is no message of QueryStream's cluster."),
            };
            return reader.Remaining == 0 ? message : throw reader.Damaged($"{reader.Remaining} bytes after the message");
        }
        catch (CodecException e)
        {
            throw new SerializationException($"A message '{manifest}' of QueryStream's cluster is damaged: {e.Message}", e);
        }
    }

    private static void WritePlacement(CodecWriter writer, PlacementReply placement)
    {
        writer.WriteByte(StateFormat.Version);
        writer.WriteMany([.. placement.Shards.OrderBy(shard => shard.Key, StringComparer.Ordinal)], static (to, shard) =>
        {
            to.WriteString(shard.Key);
            to.WriteString(shard.Value);
        });
    }

    private static PlacementReply ReadPlacement(CodecReader reader)
    {
        CheckVersion(reader, PlacementRequest.Instance);
        Dictionary<string, string> shards = new(StringComparer.Ordinal);
        foreach ((string shard, string address) in reader.ReadMany(static from => (ReadText(from), ReadText(from))))
        {
            shards[shard] = address;
        }

        return new PlacementReply(shards);
    }

    private static T CheckVersion<T>(CodecReader reader, T message) =>
        reader.ReadByte() is StateFormat.Version ? message : throw reader.Damaged("another version of a message about keys");

    private static KeyRequest ReadKeyRequest(CodecReader reader)
    {
        StateQuery query = StateFormat.ReadQuery(reader);
        return new KeyRequest((int)reader.ReadUInt64(int.MaxValue), query);
    }

    private static LinkId ReadLink(CodecReader reader) => new(reader.ReadUInt128());

    private static long ReadNumber(CodecReader reader) => (long)reader.ReadUInt64(long.MaxValue);

    private static string ReadText(CodecReader reader) => reader.ReadRequiredString() is { Length: <= MaxText } text
        ? text
        : throw reader.Damaged($"a text of more than {MaxText} characters");
}

/// <summary>
/// Takes the place of Akka's JSON serializer, which would create any type that a peer names. QueryStream and Akka's own modules need none.
/// </summary>
public sealed class NoSerializer : Serializer
{
    /// <summary>Created by Akka.</summary>
    public NoSerializer(ExtendedActorSystem system, Akka.Configuration.Config _)
        : base(system)
    {
    }

    /// <inheritdoc/>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} cannot be sent to another process.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException($"{type} is not accepted from another process.");
}
