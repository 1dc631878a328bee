using QueryStream.Core;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Windows;

/// <summary>
/// Windows kept open by a lagging split. Any cost per row or result that is linear in their number would take hours here, and the run ends a test
/// that hangs.
/// </summary>
public sealed class ManyWindowsTests
{
    // Fewer in hostile mode, where all keys and windows collide.
    private static readonly int Windows = HostileMode.IsOn ? 1_000 : 100_000;

    private readonly HarnessSource<Sale> _source = new(splits: 2) { ElementsPerPoll = 1_000 };
    private readonly HarnessSink<WindowResult<int, long>> _results = new();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_hundred_thousand_open_windows_are_no_hundred_thousand_times_the_work(bool onePhase, bool shuffled)
    {
        using JobHarness job = new(builder =>
        {
            WindowedStream<Sale, int> windows = builder.Source("sales", _source).KeyBy(sale => sale.Key)
                .Window(Tumbling.Of(TimeSpan.FromSeconds(20))).Lateness(TimeSpan.FromDays(1));
            (onePhase ? windows.OnePhase() : windows).Aggregate(w => w.Count()).To("results", _results);
        });
        long[] starts = [.. Enumerable.Range(0, Windows).Select(i => i * 20_000L)];
        if (shuffled)
        {
            Shuffle(starts);
        }

        foreach (long start in starts)
        {
            _source.Push(new Sale(1, start), start, split: 0);
        }

        job.Run();
        Assert.Empty(_results.Rows);
        _source.EndAll();
        job.Run();
        Assert.True(job.IsFinished);
        Assert.Equal(Windows, _results.Rows.Count);
        Assert.Equal(_results.Rows.Select(result => result.Time).Order(), _results.Rows.Select(result => result.Time));
    }

    private static void Shuffle(long[] values)
    {
        SeededRandom random = new(1);
        for (int i = values.Length - 1; i > 0; i--)
        {
            int other = random.Next(i + 1);
            (values[i], values[other]) = (values[other], values[i]);
        }
    }
}
