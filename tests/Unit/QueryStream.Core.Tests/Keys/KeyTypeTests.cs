using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Keys;

public sealed class KeyTypeTests
{
    private enum Tiny : sbyte
    {
        Below = -1,
        One = 1,
    }

    private enum Wide : ushort
    {
        Large = 40_000,
    }

    private enum Huge : ulong
    {
        Largest = ulong.MaxValue,
    }

    [Fact]
    public void Hashes_of_keys_are_frozen()
    {
        Assert.Equal(0x78AF5F94892F3950UL, HashOf(Text.From("abc")));
        Assert.Equal(0x78AF5F94892F3950UL, HashOf("abc"));
        Assert.Equal(0UL, HashOf(default(Text)));
        Assert.Equal(0x38F94C439AC36242UL, HashOf(true));
        Assert.Equal(0x1FF5C2923A788D2CUL, HashOf(false));
        Assert.Equal(0x0970EBC6BCF5E822UL, HashOf((byte)200));
        Assert.Equal(0x73E7CD113897C998UL, HashOf((short)-5));
        Assert.Equal(0x73E7CD113897C998UL, HashOf(-5));
        Assert.Equal(0x73E7CD113897C998UL, HashOf(-5L));
        Assert.Equal(0x1FF5C2923A788D2CUL, HashOf(default(Unit)));
        Assert.Equal(0x9CEB48BA07F3BEFBUL, HashOf(DayOfWeek.Friday));
    }

    [Fact]
    public void Hashes_of_composites_are_frozen()
    {
        Assert.Equal(0x9E3779B97F4A7C15UL, HashOf<int?>(null));
        Assert.Equal(0xAEEC5559C50A6F2BUL, HashOf<int?>(7));
        Assert.Equal(0xB0C9B2EE29C99974UL, HashOf(("abc", 7)));
        Assert.Equal(0xB7B177647C412070UL, HashOf((Text.From("abc"), (int?)2, 7L)));
        Assert.Equal(0xA29F34C13FBC32D9UL, HashOf(((1, 2), 3)));
    }

    [Fact]
    public void Numbers_hash_alike_in_every_width()
    {
        Assert.Equal(HashOf(1L), HashOf(true));
        Assert.Equal(HashOf(-1L), HashOf(Tiny.Below));
        Assert.Equal(HashOf(1L), HashOf(Tiny.One));
        Assert.Equal(HashOf(40_000L), HashOf(Wide.Large));
        Assert.Equal(HashOf(-1L), HashOf(Huge.Largest));
        Assert.Equal(HashOf(5), HashOf(DayOfWeek.Friday));
    }

    [Fact]
    public void A_string_hashes_as_the_text_of_its_characters() =>
        Prop.ForAll<string?>(text => HashOf(text!) == HashOf(Text.From(text))).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_keys_hash_alike_and_only_they_are_equal()
    {
        CheckEquality<int>();
        CheckEquality<long>();
        CheckEquality<bool>();
        CheckEquality<byte>();
        CheckEquality<short>();
        CheckEquality<int?>();
        CheckEquality<DayOfWeek>();
        CheckEquality<DayOfWeek?>();
        CheckEquality<(int, bool)>();
        CheckEquality<(int?, DayOfWeek, byte)>();
        CheckEquality<((short, bool), int?)>();
        CheckEquality<sbyte>();
        CheckEquality<ushort>();
        CheckEquality<uint>();
        CheckEquality<ulong>();
        CheckEquality<char>();
        CheckEquality<float>();
        CheckEquality<double>();
        CheckEquality<decimal>();
        CheckEquality<Guid>();
        CheckEquality<DateTime>();
        CheckEquality<DateTimeOffset>();
        CheckEquality<TimeSpan>();
        CheckEquality<(decimal, Guid, DateTimeOffset?, double)>();
        CheckEquality<(int, byte, char, bool, long, short, double)>();
    }

    [Fact]
    public void The_order_of_members_counts()
    {
        Assert.NotEqual(HashOf((1, 2)), HashOf((2, 1)));
        Assert.NotEqual(HashOf(((1, 2), 3)), HashOf((1, (2, 3))));
        Assert.NotEqual(HashOf(("ab", "c")), HashOf(("a", "bc")));
    }

    [Fact]
    public void A_kept_key_owns_its_texts()
    {
        byte[] bytes = "abc"u8.ToArray();
        Text borrowed = new(bytes, 0, 3, Text.From("abc").Hash, shared: false);
        TextArena arena = new();
        Text text = KeyType<Text>.Instance.Keep(borrowed, arena);
        (Text, int) pair = KeyType<(Text, int)>.Instance.Keep((borrowed, 1), arena);
        (int, Text, Text?) triple = KeyType<(int, Text, Text?)>.Instance.Keep((1, borrowed, borrowed), arena);
        bytes.AsSpan().Clear();
        Assert.Equal("abc", text.ToString());
        Assert.Equal(("abc", 1), (pair.Item1.ToString(), pair.Item2));
        Assert.Equal((1, "abc", "abc"), (triple.Item1, triple.Item2.ToString(), triple.Item3?.ToString()));
        Assert.Equal(12, arena.Bytes);
        Assert.Null(KeyType<Text?>.Instance.Keep(null, arena));
    }

    [Fact]
    public void The_bytes_of_texts_are_accounted_for()
    {
        Assert.Equal(4, KeyType<Text>.Instance.PayloadBytes(Text.From("viê")));
        Assert.Equal(6, KeyType<string>.Instance.PayloadBytes("abc"));
        Assert.Equal(0, KeyType<string>.Instance.PayloadBytes(null!));
        Assert.Equal(0, KeyType<int>.Instance.PayloadBytes(7));
        Assert.Equal(3, KeyType<Text?>.Instance.PayloadBytes(Text.From("abc")));
        Assert.Equal(0, KeyType<Text?>.Instance.PayloadBytes(null));
        Assert.Equal(5, KeyType<(Text, int, Text)>.Instance.PayloadBytes((Text.From("abc"), 7, Text.From("de"))));
        Assert.Equal(3, KeyType<(int, Text)>.Instance.PayloadBytes((7, Text.From("abc"))));
    }

    [Fact]
    public void A_type_that_cannot_be_a_key_is_named_with_those_that_can()
    {
        JobDefinitionException failure = Assert.Throws<JobDefinitionException>(KeyType<Version>.Check);
        Assert.Contains("System.Version", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Keys are Text", failure.Message, StringComparison.Ordinal);
        Assert.Throws<JobDefinitionException>(KeyType<object>.Check);
        Assert.Throws<JobDefinitionException>(KeyType<List<int>>.Check);
        Assert.Throws<JobDefinitionException>(KeyType<int[]>.Check);
        Assert.Throws<JobDefinitionException>(KeyType<(int, int, int, int, int, int, int, int)>.Check);
    }

    [Fact]
    public void The_member_that_makes_a_composite_impossible_is_named()
    {
        JobDefinitionException failure = Assert.Throws<JobDefinitionException>(KeyType<(int, (Text, byte[]))>.Check);
        Assert.Contains("because System.Byte[] cannot", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_that_can_be_a_key_passes_the_check()
    {
        KeyType<Text>.Check();
        KeyType<Unit>.Check();
        KeyType<(Text, int?, (bool, DayOfWeek))>.Check();
    }

    private static void CheckEquality<TKey>() =>
        Prop.ForAll<TKey, TKey>((a, b) =>
        {
            KeyType<TKey> type = KeyType<TKey>.Instance;
            bool equal = EqualityComparer<TKey>.Default.Equals(a, b);
            return type.AreEqual(a, b) == equal && type.AreEqual(a, a) && (!equal || type.Hash(a) == type.Hash(b))
                && (equal || type.Hash(a) != type.Hash(b)) && type.Hash(a) == type.Hash(a);
        }).QuickCheckThrowOnFailure();

    private static ulong HashOf<TKey>(TKey key) => KeyType<TKey>.Instance.Hash(key);
}
