using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Texts;

public sealed class TextArenaTests
{
    [Fact]
    public void Texts_keep_their_bytes_when_new_chunks_are_allocated()
    {
        TextArena arena = new(chunkBytes: 64);
        List<(string Expected, Text Text)> texts = [];
        for (int i = 0; i < 1000; i++)
        {
            string expected = new((char)('a' + (i % 26)), i % 40);
            texts.Add((expected, arena.Add(System.Text.Encoding.UTF8.GetBytes(expected))));
        }

        Assert.All(texts, pair => Assert.Equal(pair.Expected, pair.Text.ToString()));
        Assert.All(texts, pair => Assert.Equal(Text.From(pair.Expected).Hash, pair.Text.Hash));
        Assert.Equal(texts.Sum(pair => (long)pair.Expected.Length), arena.Bytes);
    }

    [Fact]
    public void The_empty_text_has_a_value_there_too()
    {
        Text empty = new TextArena().Add([]);
        Assert.True(empty.HasValue);
        Assert.Equal(Text.Empty, empty);
    }

    [Fact]
    public void Keeping_a_text_copies_it_once_and_the_missing_one_never()
    {
        TextArena arena = new();
        byte[] bytes = "abc"u8.ToArray();
        Text foreign = new(bytes, 0, 3, Text.From("abc").Hash, shared: false);
        Text kept = arena.Keep(foreign);
        bytes[0] = (byte)'x';
        Assert.Equal("abc", kept.ToString());
        Assert.Equal(3, arena.Bytes);
        Assert.False(arena.Keep(default).HasValue);
        Assert.Equal(3, arena.Bytes);
    }

    [Fact]
    public void Keeping_a_text_of_a_dictionary_costs_nothing()
    {
        TextDictionary<Text> dictionary = new(16, text => text);
        Assert.True(dictionary.TryGet("abc"u8, out Text shared));
        TextArena arena = new();
        Assert.Equal("abc", arena.Keep(shared).ToString());
        Assert.Equal(0, arena.Bytes);
    }

    [Fact]
    public void A_reset_releases_the_chunks_and_texts_stay_valid()
    {
        TextArena arena = new();
        Text before = arena.Add("before"u8);
        arena.Reset();
        Assert.Equal(0, arena.Bytes);
        Text after = arena.Add("after!"u8);
        Assert.Equal("before", before.ToString());
        Assert.Equal("after!", after.ToString());
    }
}
