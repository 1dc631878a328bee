using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams.Graph;

namespace QueryStream.Streams.Tests.Graph;

/// <summary>A key that a person writes is the key that rows have.</summary>
public sealed class NodeKeyTests
{
    private enum Tier
    {
        Free,
        Gold,
    }

    [Fact]
    public void A_key_is_written_as_people_write_it_and_has_the_hash_of_the_rows()
    {
        Same("đơn hàng \"7\"", "đơn hàng \"7\"");
        Same("7", "7");
        Same("7", Text.From("7"));
        Same("null", Text.From("null"));
        Same("", Text.From(""));
        Same("-7", -7L);
        Same(" 7 ", 7);
        Same("255", (byte)255);
        Same("1.50", 1.5m);
        Same("0.5", 0.5);
        Same("true", true);
        Same("x", 'x');
        Guid id = new("0f8fad5b-d9cb-469f-a165-70867728950e");
        Same("0f8fad5b-d9cb-469f-a165-70867728950e", id);
        Same("\"0f8fad5b-d9cb-469f-a165-70867728950e\"", id);
        Same("Gold", Tier.Gold);
        Same("1", Tier.Gold);
        Same("2024-02-03", new DateOnly(2024, 2, 3));
        Same("2024-02-03T04:05:06Z", new EventTime(1_706_933_106_000));
        Same("1706933106000", new EventTime(1_706_933_106_000));
        Same("null", (int?)null);
        Same("3", (int?)3);
        Same("""["a", 3]""", (Text.From("a"), 3));
        Same("""["a", ["b", 3]]""", ("a", ("b", 3L)));
    }

    [Fact]
    public void A_key_that_is_JSON_as_it_stands_may_be_a_missing_text()
    {
        Assert.Equal(new KeyAsJson("null", KeyType<Text>.Instance.Hash(default)), NodeKey<Text>.Instance.ParseJson("null"));
        Assert.Equal(NodeKey<Text>.Instance.Parse("a"), NodeKey<Text>.Instance.ParseJson("\"a\""));
        Assert.Throws<StateQueryException>(() => NodeKey<Text>.Instance.ParseJson("a"));
        Assert.Throws<StateQueryException>(() => NodeKey<string>.Instance.ParseJson("null"));
    }

    [Fact]
    public void The_JSON_of_a_key_is_read_as_the_same_key()
    {
        KeyAsJson key = NodeKey<(Text, decimal)>.Instance.Parse("""[ "đ" , 1.50 ]""");
        ((Text text, decimal number), ulong hash) = NodeKey<(Text, decimal)>.Instance.Read(key.Json);
        Assert.Equal((Text.From("đ"), 1.50m, key.Hash), (text, number, hash));
    }

    [Fact]
    public void A_text_that_is_no_key_is_refused_with_the_reason()
    {
        Assert.Equal(
            "'five' is no key: it is the string 'five' where an integer of 64 bits must be. The keys are int64.", MessageOf<long>("five"));
        Assert.Contains("where an integer of 32 bits must be", MessageOf<int>("5.5"), StringComparison.Ordinal);
        Assert.Contains("'0f8f' is no key", MessageOf<Guid>("0f8f"), StringComparison.Ordinal);
        Assert.Contains("[1] is the string 'x' where an integer", MessageOf<(Text, int)>("""["a", "x"]"""), StringComparison.Ordinal);
        Assert.Contains("one of Free, Gold", MessageOf<Tier>("Silver"), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("…' is no key", MessageOf<int>(new string('9', 1_000)), StringComparison.Ordinal);
    }

    private static void Same<TKey>(string text, TKey key)
    {
        KeyAsJson parsed = NodeKey<TKey>.Instance.Parse(text);
        Assert.Equal(KeyType<TKey>.Instance.Hash(key), parsed.Hash);
        Assert.True(KeyType<TKey>.Instance.AreEqual(key, NodeKey<TKey>.Instance.Read(parsed.Json).Key), parsed.Json);
    }

    private static string MessageOf<TKey>(string text) => Assert.Throws<StateQueryException>(() => NodeKey<TKey>.Instance.Parse(text)).Message;
}
