using System.Text;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Texts;

public sealed class TextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("Sinh viên năm nhất")]
    [InlineData("𝄞 and \0 and \n")]
    public void A_text_gives_back_its_characters(string characters)
    {
        Text text = Text.From(characters);
        Assert.True(text.HasValue);
        Assert.Equal(characters, text.ToString());
        Assert.Equal(Encoding.UTF8.GetBytes(characters), text.Bytes.ToArray());
        Assert.Equal(Encoding.UTF8.GetByteCount(characters), text.ByteLength);
        Assert.Equal(StableHash.OfBytes(text.Bytes), text.Hash);
    }

    [Fact]
    public void The_missing_text_is_not_the_empty_one()
    {
        Text missing = default;
        Assert.False(missing.HasValue);
        Assert.True(Text.Empty.HasValue);
        Assert.NotEqual(Text.Empty, missing);
        Assert.Equal(missing, Text.From((string?)null));
        Assert.Equal(0UL, missing.Hash);
        Assert.Equal("", missing.ToString());
        Assert.True(missing.Bytes.IsEmpty);
        Assert.True(missing.IsMissingOrEmpty);
        Assert.True(Text.Empty.IsMissingOrEmpty);
        Assert.False(Text.From("a").IsMissingOrEmpty);
    }

    [Fact]
    public void An_unpaired_surrogate_becomes_the_replacement_character() => Assert.Equal("a\uFFFDb", Text.From("a\uD800b").ToString());

    [Fact]
    public void A_text_keeps_its_own_copy_of_bytes()
    {
        byte[] bytes = "abc"u8.ToArray();
        Text text = Text.From(bytes);
        bytes[0] = (byte)'x';
        Assert.Equal("abc", text.ToString());
    }

    [Fact]
    public void Texts_in_different_chunks_are_equal()
    {
        TextArena arena = new();
        arena.Add("something before"u8);
        Text inArena = arena.Add("abc"u8);
        Text alone = Text.From("abc");
        Assert.True(inArena == alone);
        Assert.False(inArena != alone);
        Assert.True(inArena.Equals((object)alone));
        Assert.Equal(alone.GetHashCode(), inArena.GetHashCode());
        Assert.False(alone.Equals("abc"));
    }

    [Fact]
    public void Texts_of_one_hash_and_other_bytes_are_not_equal()
    {
        Text a = new("ab"u8.ToArray(), 0, 2, hash: 7, shared: false);
        Text b = new("cd"u8.ToArray(), 0, 2, hash: 7, shared: false);
        Text longer = new("abc"u8.ToArray(), 0, 3, hash: 7, shared: false);
        Assert.NotEqual(a, b);
        Assert.NotEqual(a, longer);
    }

    [Fact]
    public void Shared_and_unshared_texts_behave_alike()
    {
        Text shared = new("xab"u8.ToArray(), 1, 2, StableHash.OfBytes("ab"u8), shared: true);
        Assert.True(shared.IsShared);
        Assert.Equal(2, shared.ByteLength);
        Assert.Equal(Text.From("ab"), shared);
    }

    [Fact]
    public void Equality_and_order_are_those_of_the_bytes() =>
        Prop.ForAll<string?, string?>((a, b) =>
        {
            Text x = Text.From(a);
            Text y = Text.From(b);
            bool equal = (a is null) == (b is null) && x.Bytes.SequenceEqual(y.Bytes);
            return (x == y) == equal
                && (x.CompareTo(y) == 0) == equal
                && Math.Sign(x.CompareTo(y)) == -Math.Sign(y.CompareTo(x));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Order_is_by_code_point_with_the_missing_text_first()
    {
        // U+1F600 is after U+FFFD by code point, but before it by UTF-16 unit.
        Text[] sorted = [Text.From("\U0001F600"), Text.From("b"), Text.From("\uFFFD"), default, Text.From("ab"), Text.Empty, Text.From("a")];
        Array.Sort(sorted);
        Assert.Equal([default, Text.Empty, Text.From("a"), Text.From("ab"), Text.From("b"), Text.From("\uFFFD"), Text.From("\U0001F600")], sorted);
    }
}
