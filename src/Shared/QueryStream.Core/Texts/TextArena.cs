using QueryStream.Core.Keys;

namespace QueryStream.Core.Texts;

/// <summary>Copies texts into chunks. A chunk lives as long as a text points into it. Used by one thread.</summary>
/// <param name="chunkBytes">The size of a chunk; a text of more than a quarter of it gets its own array.</param>
public sealed class TextArena(int chunkBytes = 16 * 1024)
{
    private byte[] _chunk = [];
    private int _used;

    /// <summary>The bytes copied since the start or the last <see cref="Reset"/>.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies UTF-8 bytes.</summary>
    public Text Add(ReadOnlySpan<byte> utf8) => Add(utf8, StableHash.OfBytes(utf8));

    /// <summary>Copies UTF-8 bytes whose <see cref="StableHash"/> is known.</summary>
    public Text Add(ReadOnlySpan<byte> utf8, ulong hash)
    {
        Bytes += utf8.Length;
        if (utf8.Length > chunkBytes / 4)
        {
            return new Text(utf8.ToArray(), 0, utf8.Length, hash, shared: false);
        }

        if (_chunk.Length - _used < utf8.Length || _chunk.Length == 0)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(chunkBytes);
            _used = 0;
        }

        utf8.CopyTo(_chunk.AsSpan(_used));
        Text text = new(_chunk, _used, utf8.Length, hash, shared: false);
        _used += utf8.Length;
        return text;
    }

    /// <summary>Copies the text into the arena. Texts of a dictionary, which can be kept as they are, are returned unchanged.</summary>
    public Text Keep(Text text) => text.IsShared || !text.HasValue ? text : Add(text.Bytes, text.Hash);

    /// <summary>Releases all chunks. Texts in them stay valid.</summary>
    public void Reset()
    {
        _chunk = [];
        _used = 0;
        Bytes = 0;
    }
}
