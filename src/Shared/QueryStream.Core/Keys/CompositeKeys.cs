using System.Runtime.CompilerServices;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Keys;

internal sealed class EnumKey<TEnum> : KeyType<TEnum>
    where TEnum : struct, Enum
{
    private static readonly bool IsSigned = Enum.GetUnderlyingType(typeof(TEnum)) is var number
        && (number == typeof(sbyte) || number == typeof(short) || number == typeof(int) || number == typeof(long));

    // By number, so that a member can be renamed and the underlying type widened.
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
    private static readonly KeyType<T> Inner = KeyType<T>.Instance;

    public override ulong Hash(in T? key) => key.HasValue ? Inner.Hash(key.GetValueOrDefault()) : StableHash.OfNull;

    public override bool AreEqual(in T? a, in T? b) =>
        a.HasValue == b.HasValue && (!a.HasValue || Inner.AreEqual(a.GetValueOrDefault(), b.GetValueOrDefault()));

    public override T? Keep(in T? key, TextArena arena) => key.HasValue ? Inner.Keep(key.GetValueOrDefault(), arena) : key;

    public override int PayloadBytes(in T? key) => key.HasValue ? Inner.PayloadBytes(key.GetValueOrDefault()) : 0;
}
