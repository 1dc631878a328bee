using System.Diagnostics.CodeAnalysis;
using System.Text;
using QueryStream.Core.Keys;

namespace QueryStream.Core.Texts;

/// <summary>
/// UTF-8 text in a shared chunk. Rows hold it instead of <see cref="string"/>, so that reading a record allocates nothing. It is valid as long as the
/// batch of its row, since chunks are pooled. State copies it into a <see cref="TextArena"/>; other code that keeps a text beyond the call copies it
/// with <see cref="From(ReadOnlySpan{byte})"/>. <c>default</c> is the missing text (SQL's NULL), which differs from the empty text.
/// </summary>
public readonly struct Text : IEquatable<Text>, IComparable<Text>
{
    private readonly byte[]? _chunk;
    private readonly int _offset;
    private readonly int _lengthAndFlag;

    // Bit 31 of the length: the chunk belongs to a bounded dictionary, so the text can be kept without a copy.
    private const int SharedFlag = int.MinValue;

    internal Text(byte[] chunk, int offset, int length, ulong hash, bool shared)
    {
        _chunk = chunk;
        _offset = offset;
        _lengthAndFlag = shared ? length | SharedFlag : length;
        Hash = hash;
    }

    /// <summary>The empty text.</summary>
    public static Text Empty { get; } = From(ReadOnlySpan<byte>.Empty);

    /// <summary><see cref="StableHash"/> of the bytes; 0 for the missing text.</summary>
    public ulong Hash { get; }

    /// <summary>False for <c>default</c>.</summary>
    public bool HasValue => _chunk is not null;

    /// <summary>Whether the text is missing or empty.</summary>
    public bool IsMissingOrEmpty => ByteLength == 0;

    /// <summary>The number of UTF-8 bytes.</summary>
    public int ByteLength => _lengthAndFlag & ~SharedFlag;

    /// <summary>The UTF-8 bytes; empty for the missing text.</summary>
    public ReadOnlySpan<byte> Bytes => new(_chunk, _offset, ByteLength);

    /// <summary>Whether the bytes are in a bounded dictionary, so that state can keep the text without a copy.</summary>
    internal bool IsShared => _lengthAndFlag < 0;

    /// <summary>The array that identifies the generation of the text's dictionary; null for other texts.</summary>
    internal byte[]? SharedChunk => IsShared ? _chunk : null;

    /// <summary>The text's number in its dictionary. Equal texts of one generation have the same number.</summary>
    internal int SharedId => SharedTexts.IdAt(_offset);

    /// <summary>Copies a string. Allocates: for constants, tests and result rows. An unpaired surrogate becomes U+FFFD.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static Text From(string? text) => text is null ? default : Own(Encoding.UTF8.GetBytes(text));

    /// <summary>Copies bytes, which must be valid UTF-8. Allocates; in a hot path use <see cref="TextArena"/>.</summary>
    public static Text From(ReadOnlySpan<byte> utf8) => Own(utf8.ToArray());

    /// <summary>Bytewise equality; the missing text equals only itself.</summary>
    public bool Equals(Text other)
    {
        if (Hash != other.Hash || ByteLength != other.ByteLength)
        {
            return false;
        }

        if (ReferenceEquals(_chunk, other._chunk) && _offset == other._offset)
        {
            return true;
        }

        return _chunk is not null && other._chunk is not null && Bytes.SequenceEqual(other.Bytes);
    }

    /// <summary>Orders by bytes, which is the order of code points; the missing text comes first.</summary>
    public int CompareTo(Text other) =>
        HasValue && other.HasValue ? Bytes.SequenceCompareTo(other.Bytes) : HasValue.CompareTo(other.HasValue);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Text other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Hash;

    /// <summary>The text as a string; empty for the missing text. Allocates.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);

    /// <summary>Bytewise equality.</summary>
    public static bool operator ==(Text a, Text b) => a.Equals(b);

    /// <summary>Bytewise inequality.</summary>
    public static bool operator !=(Text a, Text b) => !a.Equals(b);

    private static Text Own(byte[] bytes) => new(bytes, 0, bytes.Length, StableHash.OfBytes(bytes), shared: false);
}
