namespace QueryStream.Testing.Redis;

/// <summary>Redis answered a test's call with an error.</summary>
public sealed class RespException(string message) : Exception(message);
