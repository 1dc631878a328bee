using QueryStream.Core.Texts;

namespace QueryStream.Connectors.Redis;

/// <summary>What a row becomes in Redis.</summary>
/// <param name="Key">Where the value is stored; must not be missing or empty.</param>
/// <param name="Value">What is stored; must not be missing.</param>
/// <param name="Message">What is published; nothing where it is missing.</param>
public readonly record struct RedisUpsert(Text Key, Text Value, Text Message);
