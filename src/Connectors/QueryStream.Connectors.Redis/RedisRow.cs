namespace QueryStream.Connectors.Redis;

/// <summary>One value to be stored. The arrays are never changed once they are here.</summary>
/// <param name="Key">UTF-8 or any other bytes.</param>
/// <param name="Value">What is stored.</param>
/// <param name="Message">What is published; null for nothing.</param>
public readonly record struct RedisRow(byte[] Key, byte[] Value, byte[]? Message);
