using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Frames;

/// <summary>
/// The first message on a connection, in both directions; docs/design/exchange.md draws it. Magic and version come first in every version, so that
/// any version can refuse any other.
/// </summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Sender">Who sends it, and where it listens.</param>
/// <param name="Target">The worker that the sender means: another one may have got its port.</param>
/// <param name="Purpose">What the connection is for.</param>
/// <param name="Number">Rises with each connection of the sender, so that a delayed one does not replace its successor.</param>
internal sealed record Hello(string Cluster, WorkerLocation Sender, WorkerId Target, HelloPurpose Purpose, long Number)
{
    /// <summary>The version that this process speaks, of hello and frames.</summary>
    public const int Version = 2;

    private const int PrefixSize = 24;
    private const int MaxLength = 2_048;
    private const int MaxPort = 65_535;

    private static ReadOnlySpan<byte> Magic => "\u007fQSExch\n"u8;

    /// <summary>Encodes it.</summary>
    public byte[] ToArray()
    {
        CodecWriter writer = new();
        writer.Reserve(PrefixSize);
        writer.WriteString(Cluster);
        writer.WriteString(Sender.Worker.Name);
        writer.WriteString(Sender.Address.Host);
        writer.WriteLength(Sender.Address.Port);
        writer.WriteString(Target.Name);
        writer.WriteByte((byte)Purpose);
        writer.WriteInt64(Number);
        byte[] bytes = writer.Written.ToArray();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), bytes.Length - PrefixSize);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), XxHash3.HashToUInt64(bytes.AsSpan(PrefixSize)));
        return bytes;
    }

    /// <summary>Takes a hello from received bytes.</summary>
    /// <param name="received">The bytes; those of the hello are cut off.</param>
    /// <param name="hello">The hello.</param>
    /// <returns>False if it is not complete yet.</returns>
    /// <exception cref="CodecException">The bytes are no hello, or one of another version.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> received, out Hello? hello)
    {
        hello = null;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        int count = (int)Math.Min(PrefixSize, received.Length);
        received.Slice(0, count).CopyTo(prefix);
        CheckMagic(prefix[..count]);
        if (count < PrefixSize)
        {
            return false;
        }

        int version = BinaryPrimitives.ReadInt32LittleEndian(prefix[8..]);
        if (version != Version)
        {
            throw new CodecException($"It speaks version {version} of the exchange, and this worker version {Version}: run the same QueryStream.");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(prefix[12..]);
        if (length > MaxLength)
        {
            throw new CodecException($"A hello of {length} bytes, of which at most {MaxLength} are possible.");
        }

        if (received.Length < PrefixSize + length)
        {
            return false;
        }

        byte[] body = received.Slice(PrefixSize, length).ToArray();
        if (XxHash3.HashToUInt64(body) != BinaryPrimitives.ReadUInt64LittleEndian(prefix[16..]))
        {
            throw new CodecException("A hello with a wrong checksum.");
        }

        received = received.Slice(PrefixSize + length);
        hello = Parse(new CodecReader(body));
        return true;
    }

    // As soon as it differs, since a stranger may send only a few bytes and wait.
    private static void CheckMagic(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Magic.Length);
        if (!bytes[..count].SequenceEqual(Magic[..count]))
        {
            throw new CodecException($"It is no worker: it began with the bytes {Convert.ToHexString(bytes[..count])}.");
        }
    }

    private static Hello Parse(CodecReader reader)
    {
        string cluster = reader.ReadRequiredString();
        WorkerId worker = new(reader.ReadRequiredString());
        WorkerAddress address = new(reader.ReadRequiredString(), (int)reader.ReadUInt64(MaxPort));
        WorkerId target = new(reader.ReadRequiredString());
        HelloPurpose purpose = reader.ReadEnum<HelloPurpose>();
        return new Hello(cluster, new WorkerLocation(worker, address), target, purpose, reader.ReadInt64());
    }
}

/// <summary>What a connection is for. The numbers are on the wire.</summary>
internal enum HelloPurpose : byte
{
    /// <summary>To exchange rows.</summary>
    Connect = 1,

    /// <summary>To ask the other worker, which connects of the two, to do so. It is closed then.</summary>
    Call = 2,

    /// <summary>None: it is the answer to one of the others.</summary>
    Answer = 3,
}
