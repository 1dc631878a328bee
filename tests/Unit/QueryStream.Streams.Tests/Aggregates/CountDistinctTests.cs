using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class CountDistinctTests
{
    private static readonly Aggregate<Text, DistinctTextState, long> Distinct = default(AggregateBuilder<Text>).CountDistinct(text => text);

    [Fact]
    public void Distinct_texts_are_counted_exactly_and_missing_ones_not_at_all() =>
        Prop.ForAll<string?[], byte, int>((values, parts, seed) =>
        {
            Text[] rows = [.. values.Select(Text.From)];
            int expected = new HashSet<string>(rows.Where(row => row.HasValue).Select(row => row.ToString())).Count;
            return Distinct.Fold(rows) == expected && Distinct.FoldInParts(rows, parts % 8, (ulong)seed) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Texts_of_a_dictionary_and_others_count_once_together() =>
        Prop.ForAll<byte[], byte, int>((values, parts, seed) =>
        {
            // Small enough to be cleared now and then, as a full dictionary is.
            TextDictionary<Text> dictionary = new(32, text => text);
            Text[] rows = [.. values.Select((value, index) => Encode(dictionary, value, shared: index % 3 != 0))];
            int expected = values.Distinct().Count();
            return Distinct.Fold(rows) == expected && Distinct.FoldInParts(rows, parts % 8, (ulong)seed) == expected;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Many_texts_in_many_parts_are_counted_exactly()
    {
        Text[] rows = [.. Enumerable.Range(0, 100_000).Select(i => Text.From($"user-{i * 31 % 40_000}"))];
        Assert.Equal(40_000, Distinct.FoldInParts(rows, parts: 16, seed: 1));
    }

    [Fact]
    public void The_size_of_a_set_grows_with_its_content()
    {
        DistinctTextState state = default;
        Assert.Equal(0, Distinct.SizeOf(state));
        Distinct.Add(ref state, Text.From("one"));
        long one = Distinct.SizeOf(state);
        for (int i = 0; i < 1000; i++)
        {
            Distinct.Add(ref state, Text.From($"a longer text, number {i}"));
        }

        Assert.InRange(one, 1, 1000);
        Assert.InRange(Distinct.SizeOf(state), 24 * 1000, 200 * 1000);
    }

    private static Text Encode(TextDictionary<Text> dictionary, byte value, bool shared)
    {
        Text text = Text.From($"value {value}");
        return shared && dictionary.TryGet(text.Bytes, out Text remembered) ? remembered : text;
    }
}
