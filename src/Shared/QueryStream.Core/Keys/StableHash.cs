using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace QueryStream.Core.Keys;

/// <summary>
/// The 64-bit hash that routes keys. It is frozen: a change would route keys to other subtasks than the ones with their state, so test vectors pin
/// it. Bytes are hashed by XXH3 with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), numbers and composites by one
/// multiply-and-fold step (https://github.com/wangyi-fudan/wyhash). Not secure against adversaries, who can choose keys that collide.
/// </summary>
public static class StableHash
{
    private const ulong P0 = 0xA0761D6478BD642F;
    private const ulong P1 = 0xE7037ED1A0B428DB;
    private const ulong P2 = 0x8EBC6AF09C88C6E3;

    // The bits that hostile mode keeps: every key group still gets keys, and nearly all keys in it collide.
    private const ulong CollidingBits = 0xFE00_0000_0000_000F;

    /// <summary>The hash of null, as a key or a part of one.</summary>
    public const ulong OfNull = 0x9E3779B97F4A7C15;

    /// <summary>The hash of bytes.</summary>
    public static ulong OfBytes(ReadOnlySpan<byte> bytes) => Masked(XxHash3.HashToUInt64(bytes));

    /// <summary>The hash of a number; equal numbers of any width hash alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfInt64(long value) => Fold((ulong)value ^ P0, P1);

    /// <summary>Combines the hash so far with the next member's hash; the order matters.</summary>
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
