using System.Buffers.Binary;

namespace QueryStream.Core.Texts;

/// <summary>
/// The texts of one generation of a dictionary, in one array that identifies the generation. Each entry starts at a multiple of 8:
/// <code>
/// | length: 2 bytes | UTF-8 bytes ... | padding |
/// </code>
/// so that a text's position divided by 8 is a small unique number. Written by one thread; entries never change, so any thread may read those that it
/// was given. In memory only.
/// </summary>
/// <param name="bytes">The size of the array.</param>
internal sealed class SharedTexts(int bytes)
{
    private const int Alignment = 8;
    private const int HeaderBytes = sizeof(ushort);

    private readonly byte[] _chunk = new byte[bytes];
    private int _used;

    /// <summary>The number of the text at an offset.</summary>
    public static int IdAt(int offset) => offset / Alignment;

    /// <summary>The bytes of a text by its number.</summary>
    public static ReadOnlySpan<byte> BytesOf(byte[] chunk, int id)
    {
        ReadOnlySpan<byte> entry = chunk.AsSpan(id * Alignment);
        return entry.Slice(HeaderBytes, BinaryPrimitives.ReadUInt16LittleEndian(entry));
    }

    /// <summary>Adds a new text if it fits.</summary>
    public bool TryAdd(ReadOnlySpan<byte> utf8, ulong hash, out Text text)
    {
        if (_chunk.Length - _used < HeaderBytes + utf8.Length)
        {
            text = default;
            return false;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(_chunk.AsSpan(_used), (ushort)utf8.Length);
        utf8.CopyTo(_chunk.AsSpan(_used + HeaderBytes));
        text = new Text(_chunk, _used + HeaderBytes, utf8.Length, hash, shared: true);
        _used = Math.Min(_chunk.Length, (_used + HeaderBytes + utf8.Length + Alignment - 1) / Alignment * Alignment);
        return true;
    }
}
