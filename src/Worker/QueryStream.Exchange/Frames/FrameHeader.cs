using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;

namespace QueryStream.Exchange.Frames;

/// <summary>
/// What is in front of the body of each frame; docs/design/exchange.md draws it. The layout changes only with <see cref="Hello.Version"/>.
/// <code>
///  0  checksum   4 bytes, of the rest of the header
///  4  checksum   4 bytes, of the body
///  8  length     4 bytes, of the body
/// 12  kind       4 bytes
/// 16  channel    4 bytes, the sender's number for the channel
/// 20  attempt    4 bytes, of the task that the frame is for
/// 24  number     8 bytes, of the element on its channel, from 1; 0 for other kinds
/// 32  body
/// </code>
/// All numbers are little endian. A checksum is the low half of XxHash3. The header has its own, since a reader must not wait for a wrong length.
/// </summary>
/// <param name="Kind">What the body is.</param>
/// <param name="Length">The length of the body.</param>
/// <param name="Channel">The sender's number for the channel, from 1; 0 if the frame is of none.</param>
/// <param name="Attempt">The attempt of the task that the frame is for, a fence against elements for earlier ones.</param>
/// <param name="Number">The number of the element on its channel.</param>
internal readonly record struct FrameHeader(FrameKind Kind, int Length, int Channel, Attempt Attempt, long Number)
{
    /// <summary>The bytes of a header.</summary>
    public const int Size = 32;

    private const int ChecksumSize = 4;

    /// <summary>Makes room for the header of a frame, and for a body of the expected length, so that the buffer need not grow step by step.</summary>
    public static void Reserve(CodecWriter frame, int expectedLength)
    {
        frame.Clear();
        frame.Reserve(Size + expectedLength);
        frame.Truncate(Size);
    }

    /// <summary>Fills in the header of a frame whose body is complete.</summary>
    public static void Seal(CodecWriter frame, FrameKind kind, int channel, Attempt attempt, long number)
    {
        int length = frame.Length;
        frame.Clear();

        // The room is the bytes that are already there: a cleared writer keeps its buffer.
        Span<byte> bytes = frame.Reserve(length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[ChecksumSize..], Checksum(bytes[Size..]));
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], length - Size);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], channel);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[20..], attempt.Number);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum(bytes[ChecksumSize..Size]));
    }

    /// <summary>Takes the next frame from received bytes.</summary>
    /// <param name="received">The bytes; those of the frame are cut off.</param>
    /// <param name="maxLength">The largest body that is allowed.</param>
    /// <param name="header">The header.</param>
    /// <param name="body">The body; the caller gets a reference.</param>
    /// <returns>False if the frame is not complete yet.</returns>
    /// <exception cref="CodecException">The bytes are no frame.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> received, int maxLength, out FrameHeader header, out Frame? body)
    {
        header = default;
        body = null;
        if (received.Length < Size)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Size];
        received.Slice(0, Size).CopyTo(bytes);
        header = Parse(bytes, maxLength);
        long whole = Size + (long)header.Length;
        if (received.Length < whole)
        {
            return false;
        }

        body = Frame.Copy(received.Slice(Size, header.Length));
        if (Checksum(body.Bytes) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumSize..]))
        {
            body.Release();
            body = null;
            throw new CodecException($"A frame of {header.Length} bytes has a wrong checksum: it was changed on the way.");
        }

        received = received.Slice(whole);
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) => (uint)XxHash3.HashToUInt64(bytes);

    private static FrameHeader Parse(ReadOnlySpan<byte> bytes, int maxLength)
    {
        if (Checksum(bytes[ChecksumSize..]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes))
        {
            throw new CodecException("The header of a frame has a wrong checksum: it was changed on the way.");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        FrameKind kind = (FrameKind)BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        if (kind is < FrameKind.Heartbeat or > FrameKind.Refused)
        {
            throw new CodecException($"There is no frame of kind {(int)kind}.");
        }

        // Only elements are large, so that nothing else can occupy memory.
        int allowed = kind == FrameKind.Element ? maxLength : Math.Min(maxLength, ChannelFrames.MaxLength);
        return length <= allowed
            ? new FrameHeader(
                kind,
                (int)length,
                BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
                new Attempt(BinaryPrimitives.ReadInt32LittleEndian(bytes[20..])),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]))
            : throw new CodecException(
                $"A frame of kind {kind} claims {length} bytes, and {allowed} are allowed "
                + $"({ExchangeOptions.Section}:{nameof(ExchangeOptions.MaxFrameBytes)} must be the same on all workers).");
    }
}

/// <summary>What a frame carries. The numbers are on the wire.</summary>
internal enum FrameKind
{
    /// <summary>Nothing: a sign of life.</summary>
    Heartbeat = 1,

    /// <summary>An element of a channel.</summary>
    Element = 2,

    /// <summary>A channel, and the handshake of the end that sends on it.</summary>
    Open = 3,

    /// <summary>Nothing more comes on a channel.</summary>
    Close = 4,

    /// <summary>The receiver does not accept a channel: why. The number is the one that the other end has given.</summary>
    Refused = 5,
}
