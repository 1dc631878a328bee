using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

/// <summary>A growing buffer that codecs write to. Its owner clears and reuses it, so that writing seldom allocates. Used by one thread.</summary>
public sealed class CodecWriter
{
    private const int MaxVarintBytes = 10;
    private const int FirstBytes = 256;
    private readonly ArrayPool<byte>? _pool;
    private byte[] _buffer;

    /// <summary>Creates an empty writer.</summary>
    public CodecWriter() => _buffer = new byte[FirstBytes];

    /// <summary>Creates an empty writer whose buffer is of a pool, until <see cref="Release"/>.</summary>
    public CodecWriter(ArrayPool<byte> pool)
    {
        _pool = pool;
        _buffer = [];
    }

    /// <summary>The number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written. Valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>The bytes written, as memory. Valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>Removes all bytes and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>Removes the bytes behind the first ones, for a caller that has reserved more than it needs.</summary>
    /// <param name="length">How many bytes stay, at most <see cref="Length"/>.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Removes all bytes, and gives the buffer back to the pool that it is of.</summary>
    public void Release()
    {
        Length = 0;
        if (_pool is not null && _buffer.Length > 0)
        {
            _pool.Return(_buffer);
            _buffer = [];
        }
    }

    /// <summary>A byte.</summary>
    public void WriteByte(byte value) => Reserve(1)[0] = value;

    /// <summary>A boolean as one byte.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>A signed integer, zigzag-encoded so that small negative numbers are short too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteInt64(long value) => WriteUInt64((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>An unsigned integer: 7 bits a byte, lowest first (LEB128).</summary>
    public void WriteUInt64(ulong value)
    {
        EnsureRoom(MaxVarintBytes);
        byte[] buffer = _buffer;
        int at = Length;
        while (value >= 0x80)
        {
            buffer[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        buffer[at++] = (byte)value;
        Length = at;
    }

    /// <summary>A count or length, which is never negative.</summary>
    public void WriteLength(int value) => WriteUInt64((uint)value);

    /// <summary>The count of a list, plus one; see <see cref="WriteNone"/>.</summary>
    public void WriteCount(int value) => WriteUInt64((ulong)(uint)value + 1);

    /// <summary>16 bytes; keeps the scale, and the sign of zero.</summary>
    public void WriteDecimal(decimal value)
    {
        Span<int> words = stackalloc int[4];
        decimal.GetBits(value, words);
        Span<byte> room = Reserve(sizeof(decimal));
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(room[(i * sizeof(int))..], words[i]);
        }
    }

    /// <summary>4 bytes, all bits kept.</summary>
    public void WriteSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(sizeof(float)), value);

    /// <summary>8 bytes, all bits kept.</summary>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);

    /// <summary>8 bytes, little endian: for hashes, which varints would lengthen.</summary>
    public void WriteFixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);

    /// <summary>16 bytes, big endian: for ids and checksums.</summary>
    public void WriteUInt128(UInt128 value) => BinaryPrimitives.WriteUInt128BigEndian(Reserve(16), value);

    /// <summary>Bytes without a length.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Bytes with their length.</summary>
    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteUInt64((ulong)bytes.Length + 1);
        WriteRaw(bytes);
    }

    /// <summary>The marker for missing bytes, text or list.</summary>
    public void WriteNone() => WriteByte(0);

    /// <summary>A text, which may be missing.</summary>
    public void WriteText(in Text text)
    {
        if (text.HasValue)
        {
            WriteBytes(text.Bytes);
        }
        else
        {
            WriteNone();
        }
    }

    /// <summary>A string as UTF-8, or null. An unpaired surrogate becomes U+FFFD.</summary>
    public void WriteString(string? text)
    {
        if (text is null)
        {
            WriteNone();
            return;
        }

        int length = Encoding.UTF8.GetByteCount(text);
        WriteUInt64((ulong)length + 1);
        Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    /// <summary>A count, and the items; <see cref="CodecReader.ReadMany"/> reads them.</summary>
    public void WriteMany<T>(IReadOnlyCollection<T> items, Action<CodecWriter, T> write)
    {
        WriteLength(items.Count);
        foreach (T item in items)
        {
            write(this, item);
        }
    }

    /// <summary>Appends <paramref name="count"/> bytes for the caller to fill.</summary>
    public Span<byte> Reserve(int count)
    {
        EnsureRoom(count);
        Span<byte> room = _buffer.AsSpan(Length, count);
        Length += count;
        return room;
    }

    private void EnsureRoom(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Grow((int)Math.Min(Array.MaxLength, Math.Max(Math.Max(FirstBytes, _buffer.Length * 2L), (long)Length + count)));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int bytes)
    {
        if (_pool is null)
        {
            Array.Resize(ref _buffer, bytes);
            return;
        }

        byte[] larger = _pool.Rent(bytes);
        Written.CopyTo(larger);
        if (_buffer.Length > 0)
        {
            _pool.Return(_buffer);
        }

        _buffer = larger;
    }
}
