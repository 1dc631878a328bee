using QueryStream.Core.Codecs;
using QueryStream.TestKit;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>Reading any bytes returns a value or throws a <see cref="CodecException"/>, and allocates in proportion to the bytes.</summary>
public sealed class HostileBytesTests
{
    // Excludes the allocations of the first use of a type: its codec and the first exception.
    static HostileBytesTests()
    {
        foreach (Sample sample in Samples.All)
        {
            sample.ReadAndWrite(new CodecReader(sample.Write()));
        }

        Assert.Throws<CodecException>(() => { _ = new CodecReader([]).ReadInt64(); });
    }

    public static TheoryData<string> Names => [.. Samples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncated_bytes_are_damaged(string name)
    {
        Sample sample = Samples.All.Single(sample => sample.Name == name);
        byte[] bytes = sample.Write();
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CodecException>(() => sample.ReadAndWrite(new CodecReader(bytes, 0, length)));
            Assert.Throws<CodecException>(() => sample.Schema.Skip(new CodecReader(bytes, 0, length)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Changed_bytes_are_read_or_damaged(string name)
    {
        Sample sample = Samples.All.Single(sample => sample.Name == name);
        byte[] bytes = sample.Write();
        SeededRandom random = new(seed: 1);
        for (int i = 0; i < 500 && bytes.Length > 0; i++)
        {
            byte[] changed = [.. bytes];
            changed[random.Next(changed.Length)] = (byte)random.Next();
            Read(sample, changed);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_bytes_are_read_or_damaged(string name)
    {
        Sample sample = Samples.All.Single(sample => sample.Name == name);
        SeededRandom random = new(seed: 2);
        for (int i = 0; i < 1000; i++)
        {
            Read(sample, RandomBytes(random, 100));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_count_beyond_the_bytes_allocates_nothing(string name)
    {
        Sample sample = Samples.All.Single(sample => sample.Name == name);
        foreach (byte[] start in new byte[][] { [], [1], [2], [1, 1] })
        {
            Read(sample, [.. start, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0, 0, 0]);
            Read(sample, [.. start, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0, 0]);
        }
    }

    [Fact]
    public void Random_bytes_are_a_schema_or_damaged()
    {
        SeededRandom random = new(seed: 3);
        int schemas = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] bytes = RandomBytes(random, 30);
            for (int at = 0; at < bytes.Length; at++)
            {
                // Small numbers, so that kinds and counts are often valid.
                bytes[at] = (byte)(bytes[at] % 19);
            }

            try
            {
                Schema schema = Schema.Read(new CodecReader(bytes));
                schemas++;
                Assert.NotEmpty(schema.ToString() + "x");
                schema.Skip(new CodecReader(bytes));
            }
            catch (CodecException)
            {
            }
        }

        Assert.True(schemas > 100);
    }

    [Fact]
    public void A_schema_that_is_nested_without_end_is_damaged()
    {
        List<byte> bytes = [];
        for (int i = 0; i < 100_000; i++)
        {
            bytes.AddRange([(byte)SchemaKind.List, 1, 1, 1]);
        }

        Assert.Throws<CodecException>(() => Schema.Read(new CodecReader([.. bytes])));
    }

    private static void Read(Sample sample, byte[] bytes)
    {
        long most = 20_000 + (bytes.Length * 200);
        long allocated = Allocations.By(
            () =>
            {
                try
                {
                    sample.ReadAndWrite(new CodecReader(bytes));
                }
                catch (CodecException)
                {
                }
            },
            enough: most);
        Assert.InRange(allocated, 0, most);
    }

    private static byte[] RandomBytes(SeededRandom random, int most)
    {
        byte[] bytes = new byte[random.Next(most)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.Next();
        }

        return bytes;
    }
}
