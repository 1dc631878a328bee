using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Connectors;

public sealed class SourceTimeTests
{
    private static readonly Tumbling Second = Tumbling.Of(TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public void With_a_watermark_after_every_row_the_late_rows_do_not_depend_on_the_batches(int elementsPerPoll)
    {
        int[] times = [0, 900, 1_100, 500, 1_200, 2_500, 1_900, 3_000, 2_999, 100];
        HarnessSource<int> source = new() { ElementsPerPoll = elementsPerPoll };
        HarnessSink<WindowResult<Core.Keys.Unit, long>> counts = new();
        HarnessSink<int> late = new();
        using JobHarness job = new(builder =>
        {
            WindowStream<int, Core.Keys.Unit, long> windows = builder.Source("times", source)
                .Watermarks(new WatermarkStrategy<int> { AdvanceOnEvent = true })
                .Window(Second).Named("counts").Aggregate(all => all.Count());
            windows.To("counts", counts);
            windows.Late.To("late", late);
        });
        foreach (int time in times)
        {
            source.Push(time, time);
        }

        source.EndAll();
        job.Run();

        // A row is late if the latest row before it has closed its window.
        List<int> expected = [.. times.Where((time, index) => index > 0 && times.Take(index).Max() - 1 >= ((time / 1_000) + 1) * 1_000 - 1)];
        Assert.Equal([500, 1_900, 2_999, 100], expected);
        Assert.Equal(expected, late.Rows.Select(row => row.Row));
        Assert.Equal(times.Length - expected.Count, counts.Rows.Sum(count => count.Row.Value));
    }

    [Fact]
    public void A_source_whose_event_time_cannot_be_taken_says_so_with_the_record()
    {
        HarnessSource<int> source = new();
        using JobHarness job = new(builder => builder.Source("numbers", source)
            .Watermarks(new WatermarkStrategy<int> { EventTimeOf = number => new EventTime(100 / number) }).To("sink", new HarnessSink<int>()));
        source.Push(1, 0);
        source.Push(0, 0);
        job.Run();
        Assert.Equal("Source: numbers", job.Failure!.Operator);
        Assert.Contains("when its event time was taken, at offset 1 of split split-0", job.Failure.Position, StringComparison.Ordinal);
    }
}
