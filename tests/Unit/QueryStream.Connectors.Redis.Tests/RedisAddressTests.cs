namespace QueryStream.Connectors.Redis.Tests;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("localhost:6379", "localhost", 6379)]
    [InlineData("10.0.0.7:1", "10.0.0.7", 1)]
    [InlineData("redis.example.org:65535", "redis.example.org", 65535)]
    public void Host_and_port_are_read_and_written(string text, string host, int port)
    {
        Assert.Equal(new RedisAddress(host, port), RedisAddress.Parse(text));
        Assert.Equal(text, RedisAddress.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":6379")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:+1")]
    [InlineData("[::1]:6379")]
    [InlineData("::1:6379")]
    [InlineData("redis://localhost:6379")]
    [InlineData("local host:6379")]
    public void Anything_else_is_refused_with_what_is_allowed(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => RedisAddress.Parse(text));

        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("HOST:PORT", e.Message, StringComparison.Ordinal);
    }
}
