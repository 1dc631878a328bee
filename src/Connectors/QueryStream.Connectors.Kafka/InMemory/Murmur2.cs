using System.Buffers.Binary;

namespace QueryStream.Connectors.Kafka.InMemory;

/// <summary>MurmurHash2 with a fixed seed, by which Kafka's Java clients and librdkafka's murmur2 partitioners choose a partition.</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint Factor = 0x5bd1e995;
    private const int Shift = 24;

    /// <summary>The partition of a key.</summary>
    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)(Hash(key) & 0x7fffffff) % partitions;

    internal static uint Hash(ReadOnlySpan<byte> data)
    {
        uint hash = Seed ^ (uint)data.Length;
        while (data.Length >= 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(data) * Factor;
            word ^= word >> Shift;
            hash = (hash * Factor) ^ (word * Factor);
            data = data[4..];
        }

        if (data.Length > 0)
        {
            for (int i = data.Length - 1; i >= 0; i--)
            {
                hash ^= (uint)data[i] << (8 * i);
            }

            hash *= Factor;
        }

        hash ^= hash >> 13;
        hash *= Factor;
        return hash ^ (hash >> 15);
    }
}
