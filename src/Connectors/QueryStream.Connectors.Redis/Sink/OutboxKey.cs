namespace QueryStream.Connectors.Redis.Sink;

/// <summary>A key with its hash.</summary>
internal readonly record struct OutboxKey(byte[] Bytes, ulong Hash);
