using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// Encodes headers back to back, in memory and in the checkpoints of exactly-once sinks: the lengths of name and value as 32-bit integers
/// (-1: null value), then both byte strings.
/// </summary>
internal static class HeaderEncoding
{
    private const int LengthBytes = 8;

    public static void Write(IBufferWriter<byte> output, string name, ReadOnlySpan<byte> value, bool hasValue)
    {
        int nameLength = Encoding.UTF8.GetByteCount(name);
        int valueLength = hasValue ? value.Length : 0;
        Span<byte> place = output.GetSpan(LengthBytes + nameLength + valueLength);
        BinaryPrimitives.WriteInt32LittleEndian(place, nameLength);
        BinaryPrimitives.WriteInt32LittleEndian(place[4..], hasValue ? valueLength : -1);
        Encoding.UTF8.GetBytes(name, place[LengthBytes..]);
        value[..valueLength].CopyTo(place[(LengthBytes + nameLength)..]);
        output.Advance(LengthBytes + nameLength + valueLength);
    }

    /// <summary>Reads the first header. There must be one.</summary>
    /// <param name="rest">The headers not read yet.</param>
    /// <param name="end">Where the next one begins.</param>
    public static RecordHeader Read(ReadOnlySpan<byte> rest, out int end)
    {
        int nameLength = BinaryPrimitives.ReadInt32LittleEndian(rest);
        int valueLength = BinaryPrimitives.ReadInt32LittleEndian(rest[4..]);
        ReadOnlySpan<byte> bytes = rest[LengthBytes..];
        int length = nameLength + Math.Max(0, valueLength);
        end = LengthBytes + length;
        return new RecordHeader(bytes[..nameLength], bytes[nameLength..length], valueLength >= 0);
    }
}

/// <summary>Parses headers that <see cref="HeaderEncoding"/> wrote.</summary>
internal sealed class EncodedHeaders : RecordHeaderReader
{
    public static readonly EncodedHeaders Instance = new();

    public override bool TryRead(nint record, ReadOnlySpan<byte> bytes, scoped ref int next, out RecordHeader header)
    {
        header = default;
        if (next == bytes.Length)
        {
            return false;
        }

        header = HeaderEncoding.Read(bytes[next..], out int length);
        next += length;
        return true;
    }
}
