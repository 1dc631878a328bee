using System.Text;
using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Texts;

public sealed class TextSetTests
{
    [Fact]
    public void A_set_of_texts_counts_like_any_set() =>
        Prop.ForAll<NonNull<string>[], bool>((values, shared) =>
        {
            TextDictionary<Text> dictionary = new(8, text => text);
            TextSet set = new();
            HashSet<string> expected = [];
            foreach (NonNull<string> value in values)
            {
                Text text = Text.From(value.Get);
                set.Add(shared ? Share(dictionary, text) : text);
                expected.Add(text.ToString());
            }

            return set.Count == expected.Count;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_addition_to_a_fork_does_not_change_the_original_set(bool shared)
    {
        TextDictionary<Text> dictionary = new(1_024, text => text);
        Text New(int number) => shared ? Share(dictionary, Text.From($"text {number}")) : Text.From($"text {number}");
        TextSet set = new();
        List<(TextSet Set, int Count, byte[] Bytes)> before = [];
        for (int number = 0; number < 500; number++)
        {
            if (number % 50 == 0)
            {
                before.Add((set, set.Count, BytesOf(set)));
                set = set.Fork();
            }

            set.Add(New(number));
            set.Add(New(number / 2));
        }

        Assert.Equal(500, set.Count);
        Assert.All(before, old =>
        {
            Assert.Equal(old.Count, old.Set.Count);
            Assert.Equal(old.Bytes, BytesOf(old.Set));
        });
    }

    [Fact]
    public void Unions_of_all_kinds_of_text_sets_are_exact() =>
        Prop.ForAll<byte[], byte[], bool[]>((first, second, shared) =>
        {
            TextDictionary<Text> one = new(16, text => text);
            TextDictionary<Text> other = new(16, text => text);
            bool Choose(int index) => shared.Length > index && shared[index];
            TextSet a = SetOf(first, Choose(0) ? one : null);
            TextSet b = SetOf(second, !Choose(1) ? null : Choose(2) ? one : other);
            a.UnionWith(b);
            return a.Count == first.Union(second).Count() && b.Count == second.Distinct().Count();
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Many_texts_are_counted_exactly(bool shared)
    {
        TextDictionary<Text> dictionary = new(1 << 17, text => text);
        TextSet set = new();
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 50_000; i++)
            {
                Text text = Text.From($"user-{i * 7}");
                set.Add(shared ? Share(dictionary, text) : text);
            }

            Assert.Equal(50_000, set.Count);
        }

        Assert.InRange(set.SizeInBytes, 5_000, 3_000_000);
    }

    [Fact]
    public void A_text_counts_once_in_two_generations_of_a_dictionary()
    {
        TextDictionary<Text> dictionary = new(2, text => text);
        TextSet set = new();
        foreach (string value in (string[])["a", "b", "c", "a", "b", "c", "a"])
        {
            set.Add(Share(dictionary, Text.From(value)));
        }

        Assert.Equal(3, set.Count);
    }

    [Fact]
    public void The_empty_text_is_a_text_like_others()
    {
        TextSet set = new();
        set.Add(Text.Empty);
        set.Add(Text.Empty);
        set.Add(Text.From("a"));
        Assert.Equal(2, set.Count);
    }

    [Fact]
    public void Texts_with_colliding_hashes_are_distinguished()
    {
        TextSet set = new();
        for (int i = 0; i < 100; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes($"{i}");
            set.Add(new Text(bytes, 0, bytes.Length, hash: 1, shared: false));
        }

        Assert.Equal(100, set.Count);
    }

    [Fact]
    public void A_union_with_itself_changes_nothing()
    {
        TextSet set = SetOf([1, 2, 3], null);
        set.UnionWith(set);
        Assert.Equal(3, set.Count);
    }

    private static TextSet SetOf(byte[] values, TextDictionary<Text>? dictionary)
    {
        TextSet set = new();
        foreach (byte value in values)
        {
            Text text = Text.From($"value {value}");
            set.Add(dictionary is null ? text : Share(dictionary, text));
        }

        return set;
    }

    private static Text Share(TextDictionary<Text> dictionary, Text text) => dictionary.TryGet(text.Bytes, out Text shared) ? shared : text;

    private static byte[] BytesOf(TextSet set)
    {
        CodecWriter writer = new();
        set.Write(writer);
        return writer.Written.ToArray();
    }
}
