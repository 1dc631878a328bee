using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis.Sink;

/// <summary>A key with its newest value. Owned by the outbox while it waits, then by its flush.</summary>
internal sealed class OutboxRow(OutboxKey key)
{
    /// <summary>The memory of a row besides its bytes: this object, three array headers, the entry in the index.</summary>
    public const int Overhead = 200;

    /// <summary>Its key.</summary>
    public OutboxKey Key { get; } = key;

    /// <summary>The value; null: the key is deleted.</summary>
    public byte[]? Value { get; private set; } = [];

    /// <summary>The message to publish; null: none.</summary>
    public byte[]? Message { get; private set; }

    /// <summary>The number of stream rows merged into this one.</summary>
    public int Writes { get; set; }

    /// <summary>The next row in the outbox.</summary>
    public OutboxRow? Next { get; set; }

    /// <summary>The memory of the row in bytes.</summary>
    public int Bytes => Overhead + Key.Bytes.Length + (Value?.Length ?? 0) + (Message?.Length ?? 0);

    /// <summary>Replaces the value by a newer one.</summary>
    public void Set(in RedisUpsert upsert)
    {
        Value = upsert.IsDelete ? null : upsert.Value.Bytes.ToArray();
        Message = upsert.Message.HasValue ? upsert.Message.Bytes.ToArray() : null;
        Writes++;
    }

    /// <summary>Looks up rows by a text, without creating a key.</summary>
    public sealed class KeyComparer : IEqualityComparer<OutboxKey>, IAlternateEqualityComparer<Text, OutboxKey>
    {
        public bool Equals(OutboxKey x, OutboxKey y) => x.Hash == y.Hash && x.Bytes.AsSpan().SequenceEqual(y.Bytes);

        public int GetHashCode(OutboxKey obj) => (int)obj.Hash;

        public OutboxKey Create(Text alternate) => new(alternate.Bytes.ToArray(), alternate.Hash);

        public bool Equals(Text alternate, OutboxKey other) => alternate.Hash == other.Hash && alternate.Bytes.SequenceEqual(other.Bytes);

        public int GetHashCode(Text alternate) => (int)alternate.Hash;
    }
}

/// <summary>A key with its hash.</summary>
internal readonly record struct OutboxKey(byte[] Bytes, ulong Hash);
