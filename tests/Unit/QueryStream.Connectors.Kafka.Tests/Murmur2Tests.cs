using System.Text;
using QueryStream.Connectors.Kafka.InMemory;

namespace QueryStream.Connectors.Kafka.Tests;

public sealed class Murmur2Tests
{
    // From the tests of Java's client.
    [Theory]
    [InlineData("21", -973932308)]
    [InlineData("foobar", -790332482)]
    [InlineData("a-little-bit-long-string", -985981536)]
    [InlineData("a-little-bit-longer-string", -1486304829)]
    [InlineData("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971)]
    [InlineData("abc", 479470107)]
    public void It_is_the_hash_of_javas_client(string key, int hash) => Assert.Equal((uint)hash, Murmur2.Hash(Encoding.UTF8.GetBytes(key)));
}
