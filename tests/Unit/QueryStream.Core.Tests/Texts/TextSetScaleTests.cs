using System.Diagnostics;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Texts;

public sealed class TextSetScaleTests
{
    // The ratio of both sets to the table's size matters: for some ratios, probes grow with the number of texts.
    [Theory]
    [InlineData(300_000)]
    [InlineData(390_000)]
    [InlineData(600_000)]
    public void The_union_of_large_sets_takes_time_by_their_size_and_not_by_its_square(int texts)
    {
        TextSet into = Set("user", texts + 1_000);
        TextSet from = Set("other", texts);
        long started = Stopwatch.GetTimestamp();
        into.UnionWith(from);
        into.UnionWith(from);
        Assert.Equal((2 * texts) + 1_000, into.Count);
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(4), $"It took {Stopwatch.GetElapsedTime(started)}.");
    }

    private static TextSet Set(string prefix, int texts)
    {
        TextSet set = new();
        for (int i = 0; i < texts; i++)
        {
            set.Add(Text.From($"{prefix}-{i}"));
        }

        return set;
    }
}
