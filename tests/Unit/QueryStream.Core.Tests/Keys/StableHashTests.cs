using System.Text;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Keys;

/// <summary>
/// The frozen hash. A failing vector means that state of older versions is not found: fix the code, never the vector. The vectors of bytes come from
/// another implementation, <c>xxhsum -H3</c>.
/// </summary>
public sealed class StableHashTests
{
    [Theory]
    [InlineData("", 0x2D06800538D394C2)]
    [InlineData("a", 0xE6C632B61E964E1F)]
    [InlineData("ab", 0xA873719C24D5735C)]
    [InlineData("abc", 0x78AF5F94892F3950)]
    [InlineData("abcd", 0x6497A96F53A89890)]
    [InlineData("abcdefg", 0x5A40DC3FD44C052F)]
    [InlineData("abcdefgh", 0x6F45A76842A96483)]
    [InlineData("0123456789abcdef", 0x64439946D8FA212D)]
    [InlineData("0123456789abcdefg", 0xD2E63ED5466F5C32)]
    [InlineData("Sinh viên", 0x2C1F1C0C56A002E9)]
    [InlineData("0123456789abcdef0123456789abcdef", 0x01121D5B6C0AC055)]
    [InlineData("0123456789abcdef0123456789abcdefXYZ", 0xEE2CADB5F8B8A5B4)]
    public void The_hash_of_bytes_is_frozen(string text, ulong hash) => Assert.Equal(hash, StableHash.OfBytes(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(0, 0x1FF5C2923A788D2C)]
    [InlineData(1, 0x38F94C439AC36242)]
    [InlineData(-1, 0xDFF5C05ABB606D30)]
    [InlineData(2, 0x51FECF31F98F3B68)]
    [InlineData(127, 0xC660A598E131D147)]
    [InlineData(128, 0x8034B5AD840CF838)]
    [InlineData(255, 0x48A70CA84CC53C5A)]
    [InlineData(256, 0x027B1CFDEE206535)]
    [InlineData(1_000_000, 0x94ACCAD3F4C264CF)]
    [InlineData(long.MinValue, 0x1272020B0ADE6099)]
    [InlineData(long.MaxValue, 0xC07B01E244DE76DE)]
    public void The_hash_of_a_number_is_frozen(long number, ulong hash) => Assert.Equal(hash, StableHash.OfInt64(number));

    [Theory]
    [InlineData(1, 2, 0xA77E5FFEBF53AB9D)]
    [InlineData(2, 1, 0xB527916AD3A63649)]
    [InlineData(0, 0, 0xE28F2B2061A2B984)]
    public void The_hash_of_a_composite_is_frozen(ulong hash, ulong member, ulong combined) =>
        Assert.Equal(combined, StableHash.Combine(hash, member));

    [Fact]
    public void Inputs_of_different_lengths_have_different_hashes()
    {
        HashSet<ulong> hashes = [];
        for (int length = 0; length < 200; length++)
        {
            Assert.True(hashes.Add(StableHash.OfBytes(new byte[length])), $"{length} zeros");
        }
    }

    [Fact]
    public void Every_byte_counts()
    {
        for (int length = 1; length <= 70; length++)
        {
            HashSet<ulong> hashes = [StableHash.OfBytes(new byte[length])];
            for (int changed = 0; changed < length; changed++)
            {
                byte[] bytes = new byte[length];
                bytes[changed] = 1;
                Assert.True(hashes.Add(StableHash.OfBytes(bytes)), $"byte {changed} of {length}");
            }
        }
    }

    [Fact]
    public void Millions_of_keys_do_not_collide()
    {
        HashSet<ulong> hashes = new(1_200_000);
        Span<byte> text = stackalloc byte[16];
        for (int i = 0; i < 400_000; i++)
        {
            Assert.True(Encoding.UTF8.TryGetBytes($"key-{i}", text, out int length));
            hashes.Add(StableHash.OfBytes(text[..length]));
            hashes.Add(StableHash.OfInt64(i));
            hashes.Add(StableHash.Combine(StableHash.OfInt64(i % 617), StableHash.OfInt64(i / 617)));
        }

        Assert.Equal(1_200_000, hashes.Count);
    }

    public static TheoryData<string> Patterns =>
        ["counting", "thousands", "times", "high bits", "negative", "texts", "users", "long texts", "pairs", "identifiers"];

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Usual_keys_spread_over_key_groups_and_table_slots(string pattern)
    {
        const int Keys = 50_000;
        int[] groups = new int[KeyGroup.DefaultCount];
        int[] slots = new int[512];
        for (int i = 0; i < Keys; i++)
        {
            ulong hash = HashOf(pattern, i);
            groups[KeyGroup.Of(hash, groups.Length).Number]++;
            slots[hash & 511]++;
        }

        // Random hashes give about 1; far above that, some groups get too many keys.
        Assert.InRange(ChiSquare(groups, Keys), 0, 1.6);
        Assert.InRange(ChiSquare(slots, Keys), 0, 4);
    }

    private static ulong HashOf(string pattern, int i) => pattern switch
    {
        "counting" => StableHash.OfInt64(i),
        "thousands" => StableHash.OfInt64(i * 1000L),
        "times" => StableHash.OfInt64(1_765_000_000_000 + (i * 20_000L)),
        "high bits" => StableHash.OfInt64((long)i << 40),
        "negative" => StableHash.OfInt64(-i),
        "texts" => Text.From($"{i}").Hash,
        "users" => Text.From($"user-{i}").Hash,
        "long texts" => Text.From($"a department of some length, number {i:D8}").Hash,
        "pairs" => KeyType<(int, int)>.Instance.Hash((i % 211, i / 211)),
        _ => Text.From(new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString()).Hash,
    };

    private static double ChiSquare(int[] counts, int total)
    {
        double expected = (double)total / counts.Length;
        return counts.Sum(count => (count - expected) * (count - expected) / expected) / (counts.Length - 1);
    }
}
