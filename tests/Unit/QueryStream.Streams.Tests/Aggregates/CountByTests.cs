using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class CountByTests
{
    private static readonly Aggregate<Text, GroupCountState, GroupCounts> Groups = default(AggregateBuilder<Text>).CountBy(text => text);

    [Fact]
    public void Rows_are_counted_by_group() =>
        Prop.ForAll<byte[], byte, int>((values, parts, seed) =>
        {
            Text[] rows = [.. values.Select(value => Text.From($"group {value % 7}"))];
            Dictionary<string, long> expected = rows.GroupBy(row => row.ToString()).ToDictionary(group => group.Key, group => group.LongCount());
            return IsSame(expected, Groups.Fold(rows)) && IsSame(expected, Groups.FoldInParts(rows, parts % 5, (ulong)seed));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Groups_keep_the_order_of_their_first_rows()
    {
        GroupCounts counts = Groups.Fold(Text.From("b"), Text.From("a"), Text.From("b"), Text.From("c"));
        Assert.Equal(["b", "a", "c"], Enumerable.Range(0, counts.Groups).Select(index => counts.Name(index).ToString()));
        Assert.Equal([2, 1, 1], Enumerable.Range(0, counts.Groups).Select(counts.Count));
        Assert.Equal(4, counts.Total);
    }

    [Fact]
    public void The_missing_and_the_empty_text_are_groups_of_their_own()
    {
        GroupCounts counts = Groups.Fold(default(Text), Text.Empty, default(Text));
        Assert.Equal(2, counts.Groups);
        Assert.False(counts.Name(0).HasValue);
        Assert.Equal(2, counts.Count(0));
        Assert.True(counts.Name(1).HasValue);
    }

    [Fact]
    public void Without_rows_there_are_no_groups()
    {
        GroupCounts counts = Groups.Fold();
        Assert.Equal(0, counts.Groups);
        Assert.Equal(0, counts.Total);
    }

    [Fact]
    public void A_group_is_new_until_it_is_in_a_final_result()
    {
        GroupCountState state = default;
        Groups.Add(ref state, Text.From("a"));
        Assert.True(Groups.Result(ref state, isFinal: false).IsNew(0));
        Assert.True(Groups.Result(ref state, isFinal: true).IsNew(0));
        Groups.Add(ref state, Text.From("a"));
        Groups.Add(ref state, Text.From("b"));
        GroupCounts update = Groups.Result(ref state, isFinal: true);
        Assert.False(update.IsNew(0));
        Assert.True(update.IsNew(1));
        Assert.False(Groups.Result(ref state, isFinal: true).IsNew(1));
    }

    [Fact]
    public void Merging_keeps_the_groups_of_earlier_results()
    {
        GroupCountState shown = default;
        Groups.Add(ref shown, Text.From("a"));
        Groups.Result(ref shown, isFinal: true);
        GroupCountState late = default;
        Groups.Add(ref late, Text.From("b"));
        Groups.Add(ref late, Text.From("a"));
        Groups.Merge(ref shown, ref late);
        GroupCounts counts = Groups.Result(ref shown, isFinal: true);
        Assert.Equal("a", counts.Name(0).ToString());
        Assert.Equal(2, counts.Count(0));
        Assert.False(counts.IsNew(0));
        Assert.True(counts.IsNew(1));
    }

    [Fact]
    public void A_group_owns_its_name()
    {
        TextArena arena = new();
        GroupCountState state = default;
        byte[] bytes = "abc"u8.ToArray();
        Groups.Add(ref state, arena.Add(bytes));
        arena.Reset();
        Assert.Equal("abc", Groups.Result(ref state, isFinal: true).Name(0).ToString());
        Assert.True(Groups.SizeOf(state) > 100);
    }

    private static bool IsSame(Dictionary<string, long> expected, GroupCounts counts) =>
        counts.Groups == expected.Count
        && counts.Total == expected.Values.Sum()
        && Enumerable.Range(0, counts.Groups).All(index => expected.GetValueOrDefault(counts.Name(index).ToString()) == counts.Count(index));
}
