using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Manifests;

/// <summary>
/// A versioned body behind a header that shows whether it is complete and unchanged:
/// <code>
///  0   4  magic
///  4   4  version of the format, little endian
///  8   8  length of the body, little endian
/// 16  16  XXH128 of the body, big endian
/// 32      body, as CodecWriter writes it
/// </code>
/// A version adds fields at the end of the body or raises the number; a reader refuses numbers that it does not know.
/// </summary>
/// <param name="magic">Four ASCII letters.</param>
/// <param name="oldest">The oldest version that is read.</param>
/// <param name="version">The version that is written.</param>
/// <param name="content">What the body is, for errors: "the manifest of a checkpoint".</param>
/// <param name="remedy">What to do if it is damaged, as a sentence.</param>
internal sealed class ChecksummedFormat(string magic, int oldest, int version, string content, string remedy)
{
    private const int HeaderBytes = 32;

    /// <summary>Writes header and body.</summary>
    public byte[] Write(CodecWriter body)
    {
        byte[] bytes = new byte[HeaderBytes + body.Length];
        Encoding.ASCII.GetBytes(magic, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), body.Length);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), XxHash128.HashToUInt128(body.Written));
        body.Written.CopyTo(bytes.AsSpan(HeaderBytes));
        return bytes;
    }

    /// <summary>Reads the body. Never trusts the bytes: they may be cut off, changed, or something else.</summary>
    /// <param name="bytes">The whole file or value.</param>
    /// <param name="place">Its path or key, for errors.</param>
    /// <param name="read">Reads the body.</param>
    /// <exception cref="DamagedCheckpointException">The bytes are not of this format, or of an unknown version; says how.</exception>
    public T Read<T>(byte[] bytes, string place, Func<CodecReader, T> read)
    {
        if (bytes.Length < HeaderBytes || Encoding.ASCII.GetString(bytes, 0, 4) != magic)
        {
            throw new DamagedCheckpointException($"{place} is not {content}: {bytes.Length} bytes that do not begin with {magic}. "
                + $"Another program wrote them, or they were overwritten. {remedy}");
        }

        int found = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(4));
        if (found < oldest || found > version)
        {
            throw new DamagedCheckpointException(
                $"{place}, {content}, has version {found} of its format, and this QueryStream reads {oldest} to {version}: "
                + $"use the version that wrote it. Otherwise: {remedy}");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8));
        ReadOnlySpan<byte> body = bytes.AsSpan(HeaderBytes);
        if (length != body.Length)
        {
            throw Damaged(place, $"{body.Length} bytes of {length} are there");
        }

        if (XxHash128.HashToUInt128(body) != BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(16)))
        {
            throw Damaged(place, "its checksum does not match its body");
        }

        try
        {
            return read(new CodecReader(bytes, HeaderBytes, body.Length));
        }
        catch (Exception e) when (e is CodecException or ArgumentException or OverflowException)
        {
            throw Damaged(place, $"its body cannot be read, though its checksum is right: {e.Message}", e);
        }
    }

    private DamagedCheckpointException Damaged(string place, string problem, Exception? cause = null) =>
        new($"{place} is damaged: {problem}. It is {content}. {remedy}", cause);
}
