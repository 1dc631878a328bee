namespace QueryStream.Connectors.Redis.Sink;

/// <summary>Rows that were taken together.</summary>
/// <param name="rows">The rows in the order of sending.</param>
/// <param name="bytes">Their memory in bytes.</param>
internal sealed class OutboxFlush(OutboxRow[] rows, long bytes)
{
    public OutboxRow[] Rows { get; } = rows;

    public long Bytes { get; } = bytes;

    /// <summary>The bytes of their keys, values and messages.</summary>
    public long WrittenBytes => Bytes - ((long)Rows.Length * OutboxRow.Overhead);

    /// <summary>The number of stream rows merged into them.</summary>
    public long Writes => Rows.Sum(row => (long)row.Writes);

    /// <summary>A copy of the rows to send, since the outbox changes its rows when they are restored.</summary>
    public RedisRow[] ToRedis() => Array.ConvertAll(Rows, row => new RedisRow(row.Key.Bytes, row.Value, row.Message));
}
