using System.Net;

namespace QueryStream.Connectors.Redis.Tests;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("localhost:6379", "localhost:6379")]
    [InlineData("10.0.0.7:1", "10.0.0.7:1")]
    [InlineData("redis.example.org:65535", "redis.example.org:65535")]
    [InlineData("[::1]:6379", "[::1]:6379")]
    [InlineData("[0:0:0:0:0:0:0:1]:6379", "[::1]:6379")]
    [InlineData("redis://localhost:6379", "localhost:6379")]
    [InlineData("redis://localhost:6379/", "localhost:6379")]
    [InlineData("redis://localhost:6379/0", "localhost:6379")]
    [InlineData("localhost:6379/7", "redis://localhost:6379/7")]
    [InlineData("alice@localhost:6379", "redis://alice@localhost:6379")]
    [InlineData("redis://a%40b%3Ac@localhost:6379", "redis://a%40b%3Ac@localhost:6379")]
    [InlineData("rediss://localhost:6379", "rediss://localhost:6379")]
    [InlineData("a:1,[fe80::1]:2,10.0.0.7:3", "a:1,[fe80::1]:2,10.0.0.7:3")]
    [InlineData(
        "rediss://alice@a:1,b:2/3?key=/etc/k.pem&cert=/etc/c%26d.pem&cacert=ca.pem",
        "rediss://alice@a:1,b:2/3?cacert=ca.pem&cert=%2Fetc%2Fc%26d.pem&key=%2Fetc%2Fk.pem")]
    public void An_address_is_read_and_written_in_its_shortest_form(string text, string shortest)
    {
        RedisAddress address = RedisAddress.Parse(text);

        Assert.Equal(shortest, address.ToString());
        Assert.Equal(address, RedisAddress.Parse(shortest));
        Assert.Equal(address.GetHashCode(), RedisAddress.Parse(shortest).GetHashCode());
    }

    [Fact]
    public void Each_part_is_read()
    {
        RedisAddress address = RedisAddress.Parse("rediss://a%40b@master:6379,[::1]:6380/12?cacert=%2Fca%20file.pem&cert=c.pem&key=k.pem");

        Assert.Equal([new DnsEndPoint("master", 6379), new IPEndPoint(IPAddress.IPv6Loopback, 6380)], address.EndPoints);
        Assert.Equal(("a@b", 12, true), (address.User, address.Database, address.IsTls));
        Assert.Equal(("/ca file.pem", "c.pem", "k.pem"), (address.AuthorityFile, address.CertificateFile, address.KeyFile));
    }

    [Fact]
    public void Parts_that_are_not_given_have_defaults()
    {
        RedisAddress address = RedisAddress.Parse("localhost:6379");

        Assert.Equal((null, 0, false), (address.User, address.Database, address.IsTls));
        Assert.Equal((null, null, null), (address.AuthorityFile, address.CertificateFile, address.KeyFile));
    }

    [Theory]
    [InlineData("localhost:6379", "localhost:6380")]
    [InlineData("localhost:6379", "localhost:6379/1")]
    [InlineData("localhost:6379", "rediss://localhost:6379")]
    [InlineData("alice@localhost:6379", "bob@localhost:6379")]
    [InlineData("a:1,b:1", "b:1,a:1")]
    public void Addresses_that_differ_are_not_equal(string one, string other) => Assert.NotEqual(RedisAddress.Parse(one), RedisAddress.Parse(other));

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData(":6379")]
    [InlineData("localhost:")]
    [InlineData("localhost:0")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:+1")]
    [InlineData("::1:6379")]
    [InlineData("[::1]")]
    [InlineData("[10.0.0.7]:6379")]
    [InlineData("local host:6379")]
    [InlineData("a:1,")]
    [InlineData("a:1,,b:2")]
    [InlineData("a:1/-1")]
    [InlineData("a:1/one")]
    [InlineData("a:1/65536")]
    [InlineData("@a:1")]
    [InlineData("http://a:1")]
    [InlineData("Redis://a:1")]
    [InlineData("redis://a:1?cacert=f")]
    [InlineData("rediss://a:1?key=f")]
    [InlineData("rediss://a:1?cacert")]
    [InlineData("rediss://a:1?cacert=f&cacert=g")]
    [InlineData("rediss://a:1?timeout=5")]
    public void Anything_else_is_refused_with_what_is_allowed(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => RedisAddress.Parse(text));

        Assert.Contains($"'{text}'", e.Message, StringComparison.Ordinal);
        Assert.Contains("HOST:PORT", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis://alice:geheim@localhost:6379")]
    [InlineData("redis://:geheim@localhost:6379")]
    [InlineData("alice:geheim@localhost:6379")]
    [InlineData("redis://alice:ge/heim@localhost:6379")]
    [InlineData("redis://alice:ge?heim@localhost")]
    [InlineData("redis://alice:ge@heim@nowhere")]
    [InlineData("http://alice:geheim@localhost:6379")]
    public void A_password_is_refused_and_never_printed(string text)
    {
        FormatException e = Assert.Throws<FormatException>(() => RedisAddress.Parse(text));

        Assert.Contains(":***@", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("heim", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_print_all_but_the_password()
    {
        string text = new RedisClientOptions { Password = "geheim" }.ToString();

        Assert.DoesNotContain("geheim", text, StringComparison.Ordinal);
        Assert.Contains("Password = ***", text, StringComparison.Ordinal);
    }
}
