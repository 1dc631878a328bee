using System.Buffers.Binary;

namespace QueryStream.Core.Keys;

internal sealed class DoubleKey : KeyType<double>
{
    public override ulong Hash(in double key) => HashOf(key);

    // Unlike ==, NaN equals NaN.
    public override bool AreEqual(in double a, in double b) => a == b || (double.IsNaN(a) && double.IsNaN(b));

    /// <summary>The same hash for both zeros, and for all NaNs.</summary>
    public static ulong HashOf(double key) =>
        StableHash.OfInt64(BitConverter.DoubleToInt64Bits(double.IsNaN(key) ? double.NaN : key == 0 ? 0 : key));
}

internal sealed class SingleKey : KeyType<float>
{
    public override ulong Hash(in float key) => DoubleKey.HashOf(key);

    public override bool AreEqual(in float a, in float b) => a == b || (float.IsNaN(a) && float.IsNaN(b));
}

internal sealed class DecimalKey : KeyType<decimal>
{
    private const int Words = 4;
    private const int ScaleShift = 16;

    // Hashes the digits without trailing zeros, so that 1.0 and 1.00 are the same key; zero has neither scale nor sign.
    public override ulong Hash(in decimal key)
    {
        Span<int> words = stackalloc int[Words];
        decimal.GetBits(key, words);
        UInt128 digits = new((uint)words[2], ((ulong)(uint)words[1] << 32) | (uint)words[0]);
        int scale = (words[3] >> ScaleShift) & 0xFF;
        while (scale > 0 && digits % 10 == 0)
        {
            digits /= 10;
            scale--;
        }

        if (digits == 0)
        {
            return StableHash.OfInt64(0);
        }

        Span<byte> bytes = stackalloc byte[sizeof(decimal)];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, digits);
        bytes[12] = (byte)scale;
        bytes[13] = words[3] < 0 ? (byte)1 : (byte)0;
        return StableHash.OfBytes(bytes);
    }

    public override bool AreEqual(in decimal a, in decimal b) => a == b;
}

internal sealed class GuidKey : KeyType<Guid>
{
    public override ulong Hash(in Guid key)
    {
        Span<byte> bytes = stackalloc byte[16];
        key.TryWriteBytes(bytes, bigEndian: true, out _);
        return StableHash.OfBytes(bytes);
    }

    public override bool AreEqual(in Guid a, in Guid b) => a == b;
}
