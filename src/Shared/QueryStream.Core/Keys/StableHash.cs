using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace QueryStream.Core.Keys;

/// <summary>
/// The 64-bit hash that decides where a key lives. Frozen: test vectors pin it, since a change would send keys to other
/// subtasks than the ones that hold their state. Built from multiply-and-fold steps in the manner of wyhash
/// (https://github.com/wangyi-fudan/wyhash). Not for adversaries: whoever chooses keys can make them collide.
/// </summary>
public static class StableHash
{
    private const ulong P0 = 0xA0761D6478BD642F;
    private const ulong P1 = 0xE7037ED1A0B428DB;
    private const ulong P2 = 0x8EBC6AF09C88C6E3;

    // What hostile mode leaves of a hash: all key groups still have keys, and in each nearly all keys collide.
    private const ulong CollidingBits = 0xFE00_0000_0000_000F;

    /// <summary>The hash of null, where that is a key or a part of one.</summary>
    public const ulong OfNull = 0x9E3779B97F4A7C15;

    /// <summary>The hash of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes)
    {
        ulong state = P0 ^ (ulong)bytes.Length;
        ReadOnlySpan<byte> rest = bytes;
        while (rest.Length > 16)
        {
            state = Fold(BinaryPrimitives.ReadUInt64LittleEndian(rest) ^ P1, BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) ^ state);
            rest = rest[16..];
        }

        (ulong low, ulong high) = Tail(rest);
        return Fold(Fold(low ^ P1, high ^ state) ^ P2, (ulong)bytes.Length ^ P0);
    }

    /// <summary>The hash of a number; equal numbers of any width hash alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfInt64(long value) => Fold((ulong)value ^ P0, P1);

    /// <summary>The hash of a composite from the hash so far and the next member's; the order counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong hash, ulong member) => Fold(hash ^ P2, member ^ P0);

    // Up to 16 bytes as two words that overlap where there are fewer, so that no byte is read one by one.
    private static (ulong Low, ulong High) Tail(ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 8)
        {
            return (BinaryPrimitives.ReadUInt64LittleEndian(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[^8..]));
        }

        if (rest.Length >= 4)
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[^4..]));
        }

        return rest.Length == 0 ? (0UL, 0UL) : (rest[0] | ((ulong)rest[rest.Length >> 1] << 8) | ((ulong)rest[^1] << 16), 0UL);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return HostileMode.IsOn ? (high ^ low) & CollidingBits : high ^ low;
    }
}
