using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Texts;

public sealed class TextDictionaryTests
{
    private const int ProbePeriod = 1 << 16;

    private int _computed;

    [Fact]
    public void A_value_is_computed_once()
    {
        TextDictionary<string> dictionary = Upper(capacity: 16);
        Assert.Equal("ABC", Get(dictionary, "abc"));
        Assert.Equal("ABC", Get(dictionary, "abc"));
        Assert.Equal("", Get(dictionary, ""));
        Assert.Equal(2, _computed);
        Assert.Equal(2, dictionary.Count);
    }

    [Fact]
    public void The_text_that_is_computed_from_may_be_kept()
    {
        TextDictionary<Text> dictionary = new(16, text => text);
        byte[] bytes = "abc"u8.ToArray();
        Assert.True(dictionary.TryGet(bytes, out Text kept));
        bytes[0] = (byte)'x';
        Assert.Equal("abc", kept.ToString());
        Assert.True(kept.IsShared);
    }

    [Fact]
    public void A_full_dictionary_is_cleared_and_continues()
    {
        TextDictionary<string> dictionary = Upper(capacity: 8);
        for (int i = 0; i < 8; i++)
        {
            Get(dictionary, $"k{i}");
        }

        Assert.Equal(8, dictionary.Count);
        Assert.Equal("K8", Get(dictionary, "k8"));
        Assert.Equal(1, dictionary.Count);
        Assert.Equal("K0", Get(dictionary, "k0"));
        Assert.Equal(10, _computed);
    }

    [Fact]
    public void Its_bytes_are_bounded_as_well_as_its_entries()
    {
        TextDictionary<Text> dictionary = new(1024, text => text);
        string longest = new('x', TextDictionary<Text>.MaxTextBytes - 4);
        int most = 0;
        for (int i = 0; i < 1024; i++)
        {
            Assert.True(dictionary.TryGet(Encoding.UTF8.GetBytes($"{longest}{i:x4}"), out Text text));
            Assert.EndsWith(i.ToString("x4", CultureInfo.InvariantCulture), text.ToString(), StringComparison.Ordinal);
            most = Math.Max(most, dictionary.Count);
        }

        Assert.InRange(most, 16, 512);
    }

    [Fact]
    public void A_text_above_the_limit_is_not_cached()
    {
        TextDictionary<string> dictionary = Upper(capacity: 16);
        Assert.True(dictionary.TryGet(new byte[TextDictionary<string>.MaxTextBytes], out _));
        Assert.False(dictionary.TryGet(new byte[TextDictionary<string>.MaxTextBytes + 1], out string? value));
        Assert.Null(value);
        Assert.Equal(1, dictionary.Count);
    }

    [Fact]
    public void Few_hits_stop_caching()
    {
        TextDictionary<string> dictionary = Upper(capacity: 1 << 17);
        for (int looked = 1; looked < ProbePeriod; looked++)
        {
            Get(dictionary, $"only once {looked}");
        }

        Assert.False(dictionary.TryGet("one more"u8, out _));
        Assert.Equal("ONLY ONCE 5", Get(dictionary, "only once 5"));

        // It tries again after twice as many lookups.
        for (int looked = 2; looked < 2 * ProbePeriod; looked++)
        {
            Assert.False(dictionary.TryGet("one more"u8, out _));
        }

        Assert.Equal("ONE MORE", Get(dictionary, "one more"));
    }

    [Fact]
    public void Pauses_double_without_hits()
    {
        TextDictionary<string> dictionary = Upper(capacity: 1 << 20);
        byte[] text = new byte[sizeof(int)];
        for (int i = 0; i < 100 * ProbePeriod; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(text, i);
            dictionary.TryGet(text, out _);
        }

        // One period of caching before each of the pauses of 2, 4, 8, 16 and 32 periods; the next pause has started.
        Assert.InRange(_computed, 5 * ProbePeriod, 6 * ProbePeriod);
    }

    [Fact]
    public void Hits_continue_caching()
    {
        TextDictionary<string> dictionary = Upper(capacity: 1024);
        for (int i = 0; i < 3 * ProbePeriod; i++)
        {
            Get(dictionary, $"k{i % 1000}");
        }

        Assert.Equal(1000, _computed);
        Assert.Equal("NEW", Get(dictionary, "new"));
    }

    [Fact]
    public void Texts_of_older_generations_stay_valid()
    {
        TextDictionary<Text> dictionary = new(4, text => text);
        List<Text> texts = [];
        for (int i = 0; i < 100; i++)
        {
            Assert.True(dictionary.TryGet(Encoding.UTF8.GetBytes($"text {i}"), out Text text));
            texts.Add(text);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"text {i}"), texts.Select(text => text.ToString()));
    }

    private static string Get(TextDictionary<string> dictionary, string text)
    {
        Assert.True(dictionary.TryGet(Encoding.UTF8.GetBytes(text), out string value));
        return value;
    }

    private TextDictionary<string> Upper(int capacity) => new(capacity, text =>
    {
        _computed++;
        return text.ToString().ToUpperInvariant();
    });
}
