using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis;

/// <summary>A value in the embedded store.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value.</param>
/// <param name="WrittenAt">When it was last written.</param>
/// <param name="ExpiresAt">When it vanishes.</param>
public sealed record RedisEntry(Text Key, Text Value, DateTimeOffset WrittenAt, DateTimeOffset ExpiresAt);
