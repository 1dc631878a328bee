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
        long started = Stopwatch.GetTimestamp();
        TextSet into = Set("user", texts + 1_000);
        TextSet from = Set("other", texts);
        TimeSpan adding = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        into.UnionWith(from);
        into.UnionWith(from);
        TimeSpan union = Stopwatch.GetElapsedTime(started);
        Assert.Equal((2 * texts) + 1_000, into.Count);

        // The same number of texts, so about the same time, whatever else the machine does; by its square, it would be hundreds of times.
        Assert.True(union < adding * 10, $"It took {union}, and {adding} to add the texts one by one.");
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
