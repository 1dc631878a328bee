using QueryStream.Connectors.Redis.Checkpoints;

namespace QueryStream.Connectors.Redis.Tests;

/// <summary>Addresses of storages: which part is the database, and which the cluster.</summary>
public sealed class StorageAddressTests
{
    [Theory]
    [InlineData("redis://a:1", "redis://a:1/home")]
    [InlineData("a:1/", "redis://a:1/home")]
    [InlineData("redis://a:1/3", "redis://a:1/3/home")]
    [InlineData("redis://a:1/blue", "redis://a:1/blue")]
    [InlineData("a:1/blue", "redis://a:1/blue")]
    [InlineData("redis://u@a:1,b:2/3/blue", "redis://u@a:1,b:2/3/blue")]
    [InlineData("redis://a:1/0/2024", "redis://a:1/0/2024")]
    [InlineData("redis://a:1/3/%C4%91en", "redis://a:1/3/%C4%91en")]
    [InlineData("rediss://[::1]:1/blue?cacert=/etc/ca.pem", "rediss://[::1]:1/blue?cacert=%2Fetc%2Fca.pem")]
    public void A_last_part_that_is_not_a_number_is_the_cluster(string text, string expected)
    {
        StorageAddress address = StorageAddress.Parse(text, "home");

        Assert.Equal(expected, address.ToString());
        Assert.Equal(address, StorageAddress.Parse(address.ToString(), "another"));
    }

    [Theory]
    [InlineData("redis://alice:ge/heim@localhost:6379")]
    [InlineData("redis://alice:geheim@localhost:6379/blue")]
    public void A_password_is_refused_and_not_shown(string text)
    {
        string message = Assert.Throws<FormatException>(() => StorageAddress.Parse(text, "home")).Message;

        Assert.DoesNotContain("heim", message, StringComparison.Ordinal);
    }
}
