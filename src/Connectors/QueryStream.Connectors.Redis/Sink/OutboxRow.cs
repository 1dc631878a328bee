using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>A key with the newest value that waits to be sent. Belongs to the outbox while it waits, to its flush afterwards.</summary>
internal sealed class OutboxRow(OutboxKey key)
{
    // What a row weighs beyond its bytes: this object, three arrays' headers, its entry in the index.
    private const int Overhead = 200;

    /// <summary>Its key.</summary>
    public OutboxKey Key { get; } = key;

    /// <summary>What is stored.</summary>
    public byte[] Value { get; private set; } = [];

    /// <summary>What is published; null for nothing.</summary>
    public byte[]? Message { get; private set; }

    /// <summary>Rows of the stream that this one stands for.</summary>
    public int Writes { get; set; }

    /// <summary>The row behind this one in the outbox.</summary>
    public OutboxRow? Next { get; set; }

    /// <summary>What the row weighs.</summary>
    public int Bytes => Overhead + Key.Bytes.Length + Value.Length + (Message?.Length ?? 0);

    /// <summary>Takes over a newer value.</summary>
    public void Set(in RedisUpsert upsert)
    {
        Value = upsert.Value.Bytes.ToArray();
        Message = upsert.Message.HasValue ? upsert.Message.Bytes.ToArray() : null;
        Writes++;
    }

    /// <summary>The index of waiting rows finds them by a text without making a key of it.</summary>
    public sealed class KeyComparer : IEqualityComparer<OutboxKey>, IAlternateEqualityComparer<Text, OutboxKey>
    {
        public bool Equals(OutboxKey x, OutboxKey y) => x.Hash == y.Hash && x.Bytes.AsSpan().SequenceEqual(y.Bytes);

        public int GetHashCode(OutboxKey obj) => (int)obj.Hash;

        public OutboxKey Create(Text alternate) => new(alternate.Bytes.ToArray(), alternate.Hash);

        public bool Equals(Text alternate, OutboxKey other) => alternate.Hash == other.Hash && alternate.Bytes.SequenceEqual(other.Bytes);

        public int GetHashCode(Text alternate) => (int)alternate.Hash;
    }
}
