using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace QueryStream.Core.Keys;

/// <summary>
/// The 64-bit hash that decides where a key lives. Frozen: a change would route keys to other subtasks than the ones that hold their state,
/// so test vectors pin it. Bytes are hashed by XXH3 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), numbers and composites
/// by one multiply-and-fold step (https://github.com/wangyi-fudan/wyhash). Not for adversaries: keys can be chosen to collide.
/// </summary>
public static class StableHash
{
    private const ulong P0 = 0xA0761D6478BD642F;
    private const ulong P1 = 0xE7037ED1A0B428DB;
    private const ulong P2 = 0x8EBC6AF09C88C6E3;

    // The bits that hostile mode keeps: all key groups still have keys, and in each of them nearly all keys collide.
    private const ulong CollidingBits = 0xFE00_0000_0000_000F;

    /// <summary>The hash of null, where that is a key or a part of one.</summary>
    public const ulong OfNull = 0x9E3779B97F4A7C15;

    /// <summary>The hash of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes) => Masked(XxHash3.HashToUInt64(bytes));

    /// <summary>The hash of a number; equal numbers of any width hash alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfInt64(long value) => Fold((ulong)value ^ P0, P1);

    /// <summary>The hash of a composite from the hash so far and the next member's; the order counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong hash, ulong member) => Fold(hash ^ P2, member ^ P0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return Masked(high ^ low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Masked(ulong hash) => HostileMode.IsOn ? hash & CollidingBits : hash;
}
