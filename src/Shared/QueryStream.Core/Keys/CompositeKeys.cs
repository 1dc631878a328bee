using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

internal sealed class EnumKey<TEnum> : KeyType<TEnum>
    where TEnum : struct, Enum
{
    private static readonly bool IsSigned = Enum.GetUnderlyingType(typeof(TEnum)) is var number
        && (number == typeof(sbyte) || number == typeof(short) || number == typeof(int) || number == typeof(long));

    // By number, so that a member may be renamed and the underlying type widened.
    public override ulong Hash(in TEnum key) => StableHash.OfInt64(Number(key));

    public override bool AreEqual(in TEnum a, in TEnum b) => Number(a) == Number(b);

    private static long Number(TEnum key) => Unsafe.SizeOf<TEnum>() switch
    {
        1 => IsSigned ? Unsafe.BitCast<TEnum, sbyte>(key) : Unsafe.BitCast<TEnum, byte>(key),
        2 => IsSigned ? Unsafe.BitCast<TEnum, short>(key) : Unsafe.BitCast<TEnum, ushort>(key),
        4 => IsSigned ? Unsafe.BitCast<TEnum, int>(key) : Unsafe.BitCast<TEnum, uint>(key),
        _ => Unsafe.BitCast<TEnum, long>(key),
    };
}

internal sealed class NullableKey<T> : KeyType<T?>
    where T : struct
{
    private const ulong NullHash = 0x9E3779B97F4A7C15;

    private static readonly KeyType<T> Inner = KeyType<T>.Instance;

    public override ulong Hash(in T? key) => key.HasValue ? Inner.Hash(key.GetValueOrDefault()) : NullHash;

    public override bool AreEqual(in T? a, in T? b) =>
        a.HasValue == b.HasValue && (!a.HasValue || Inner.AreEqual(a.GetValueOrDefault(), b.GetValueOrDefault()));

    public override T? Keep(in T? key, TextArena arena) => key.HasValue ? Inner.Keep(key.GetValueOrDefault(), arena) : key;

    public override int PayloadBytes(in T? key) => key.HasValue ? Inner.PayloadBytes(key.GetValueOrDefault()) : 0;
}

internal sealed class PairKey<T1, T2> : KeyType<(T1, T2)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;

    public override ulong Hash(in (T1, T2) key) => StableHash.Combine(First.Hash(key.Item1), Second.Hash(key.Item2));

    public override bool AreEqual(in (T1, T2) a, in (T1, T2) b) => First.AreEqual(a.Item1, b.Item1) && Second.AreEqual(a.Item2, b.Item2);

    public override (T1, T2) Keep(in (T1, T2) key, TextArena arena) => (First.Keep(key.Item1, arena), Second.Keep(key.Item2, arena));

    public override int PayloadBytes(in (T1, T2) key) => First.PayloadBytes(key.Item1) + Second.PayloadBytes(key.Item2);
}

internal sealed class TripleKey<T1, T2, T3> : KeyType<(T1, T2, T3)>
{
    private static readonly KeyType<T1> First = KeyType<T1>.Instance;
    private static readonly KeyType<T2> Second = KeyType<T2>.Instance;
    private static readonly KeyType<T3> Third = KeyType<T3>.Instance;

    public override ulong Hash(in (T1, T2, T3) key) =>
        StableHash.Combine(StableHash.Combine(First.Hash(key.Item1), Second.Hash(key.Item2)), Third.Hash(key.Item3));

    public override bool AreEqual(in (T1, T2, T3) a, in (T1, T2, T3) b) =>
        First.AreEqual(a.Item1, b.Item1) && Second.AreEqual(a.Item2, b.Item2) && Third.AreEqual(a.Item3, b.Item3);

    public override (T1, T2, T3) Keep(in (T1, T2, T3) key, TextArena arena) =>
        (First.Keep(key.Item1, arena), Second.Keep(key.Item2, arena), Third.Keep(key.Item3, arena));

    public override int PayloadBytes(in (T1, T2, T3) key) =>
        First.PayloadBytes(key.Item1) + Second.PayloadBytes(key.Item2) + Third.PayloadBytes(key.Item3);
}
