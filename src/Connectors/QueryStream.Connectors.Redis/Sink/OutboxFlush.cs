namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Rows that left the outbox together and are not acknowledged yet.</summary>
internal sealed class OutboxFlush(OutboxRow[] rows, long bytes)
{
    /// <summary>The rows, in the order of their sending.</summary>
    public OutboxRow[] Rows { get; } = rows;

    /// <summary>What they weigh.</summary>
    public long Bytes { get; } = bytes;

    /// <summary>Rows of the stream that they stand for.</summary>
    public long Writes => Rows.Sum(row => (long)row.Writes);

    /// <summary>The rows as they go out. A copy, since the outbox changes its own when they have to be sent again.</summary>
    public RedisRow[] ToRedis() => Array.ConvertAll(Rows, row => new RedisRow(row.Key.Bytes, row.Value, row.Message));
}
