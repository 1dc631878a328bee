using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Reads the bytes of codecs. Every length is checked against the remaining bytes, so damaged bytes cause a <see cref="CodecException"/> and never a
/// large allocation. Used by one thread.
/// </summary>
public sealed class CodecReader
{
    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _end;
    private int _at;

    /// <summary>Reads a part of an array.</summary>
    /// <param name="bytes">The bytes. Texts that are read point into them, so they must not change.</param>
    /// <param name="offset">The index of the first byte.</param>
    /// <param name="count">The number of bytes.</param>
    public CodecReader(byte[] bytes, int offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)offset + (ulong)count, (ulong)bytes.Length, nameof(count));
        _bytes = bytes;
        _start = offset;
        _end = offset + count;
        _at = offset;
    }

    /// <summary>Reads a whole array.</summary>
    public CodecReader(byte[] bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    /// <summary>The number of bytes that are left.</summary>
    public int Remaining => _end - _at;

    /// <summary>A byte.</summary>
    public byte ReadByte() => Take(1)[0];

    /// <summary>A boolean.</summary>
    public bool ReadBoolean() => ReadByte() switch
    {
        0 => false,
        1 => true,
        byte other => throw Damaged($"the truth value {other}"),
    };

    /// <summary>A signed integer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadInt64()
    {
        ulong value = ReadUInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A signed integer within limits.</summary>
    public long ReadInt64(long min, long max)
    {
        long value = ReadInt64();
        return value >= min && value <= max ? value : throw Damaged($"the integer {value}, which must be {min} to {max}");
    }

    /// <summary>An unsigned integer.</summary>
    public ulong ReadUInt64()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw Damaged("an integer of more than 64 bits");
            }
        }

        throw Damaged("an integer of more than 10 bytes");
    }

    /// <summary>An unsigned integer within a limit.</summary>
    public ulong ReadUInt64(ulong max)
    {
        ulong value = ReadUInt64();
        return value <= max ? value : throw Damaged($"the integer {value}, which must be at most {max}");
    }

    /// <summary>A count of items of at least one byte each: never more than the remaining bytes.</summary>
    public int ReadLength() => (int)ReadUInt64((ulong)Remaining);

    /// <summary>The count of a list, which is stored plus one.</summary>
    /// <param name="minBytes">The minimum size of an element, <see cref="Schema.MinBytes"/>; 0 counts as 1.</param>
    /// <param name="count">The count: never more than the remaining bytes can hold.</param>
    /// <returns>False if there is no value.</returns>
    public bool TryReadCount(int minBytes, out int count)
    {
        ulong read = ReadUInt64((ulong)(Remaining / Math.Max(minBytes, 1)) + 1);
        count = read == 0 ? 0 : (int)(read - 1);
        return read > 0;
    }

    /// <summary>The zero byte after an element whose layout may take no bytes.</summary>
    public void ReadPadding()
    {
        if (ReadByte() is not 0 and byte other)
        {
            throw Damaged($"the byte {other} where 0 must be");
        }
    }

    /// <summary>A decimal of 16 bytes.</summary>
    public decimal ReadDecimal()
    {
        ReadOnlySpan<byte> bytes = Take(sizeof(decimal));
        int flags = BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]);
        byte scale = (byte)(flags >> 16);
        if ((flags & 0x7F00FFFF) != 0 || scale > 28)
        {
            throw Damaged($"a decimal with the flags {flags:X8}");
        }

        return new decimal(
            BinaryPrimitives.ReadInt32LittleEndian(bytes),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
            flags < 0,
            scale);
    }

    /// <summary>A float of 4 bytes.</summary>
    public float ReadSingle() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    /// <summary>A double of 8 bytes.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    /// <summary>8 bytes, little endian.</summary>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>16 bytes, big endian.</summary>
    public UInt128 ReadUInt128() => BinaryPrimitives.ReadUInt128BigEndian(Take(16));

    /// <summary>Bytes without a length.</summary>
    public ReadOnlySpan<byte> ReadRaw(int length) => Take(length);

    /// <summary>Bytes with their length.</summary>
    /// <param name="value">The bytes.</param>
    /// <returns>False if there is no value.</returns>
    public bool TryReadBytes(out ReadOnlySpan<byte> value)
    {
        ulong length = ReadUInt64((ulong)Remaining + 1);
        value = length == 0 ? default : Take((int)length - 1);
        return length > 0;
    }

    /// <summary>A text, which may be missing. It points into the bytes, so state must copy it.</summary>
    public Text ReadText()
    {
        if (!TryReadBytes(out ReadOnlySpan<byte> utf8))
        {
            return default;
        }

        return new Text(_bytes, _at - utf8.Length, utf8.Length, StableHash.OfBytes(utf8), shared: false);
    }

    /// <summary>A string, or null.</summary>
    public string? ReadString() => TryReadBytes(out ReadOnlySpan<byte> utf8) ? Encoding.UTF8.GetString(utf8) : null;

    /// <summary>A string that is not null.</summary>
    public string ReadRequiredString() => ReadString() ?? throw Damaged("a text that is missing");

    /// <summary>A defined value of an enumeration, as a byte.</summary>
    public T ReadEnum<T>()
        where T : struct, Enum
    {
        T value = (T)Enum.ToObject(typeof(T), ReadByte());
        return Enum.IsDefined(value) ? value : throw Damaged($"{typeof(T).Name} {value}");
    }

    /// <summary>A count, and as many items. Damaged bytes end before a large count does.</summary>
    public T[] ReadMany<T>(Func<CodecReader, T> read)
    {
        int count = ReadLength();
        List<T> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(read(this));
        }

        return [.. items];
    }

    /// <summary>The error for damaged bytes at the current position.</summary>
    /// <param name="found">What was found instead.</param>
    public CodecException Damaged(string found) =>
        new($"The bytes are damaged: {found}, at byte {_at - _start} of {_end - _start}. They were cut off or changed, or are of another type.");

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _end - _at)
        {
            throw Damaged($"{length} more bytes are needed where {_end - _at} are left");
        }

        ReadOnlySpan<byte> taken = _bytes.AsSpan(_at, length);
        _at += length;
        return taken;
    }
}
