using QueryStream.Core;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class UnmergeableProperties
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void In_aligned_windows_an_aggregate_that_does_not_merge_gives_what_one_gives_that_does(int parallelism, bool moves) =>
        Property.Holds((random, size) => AlignedCase.Of(Known(new ScenarioMaker(random, size)), random), AlignedCase.Shrink, tests: 20, one =>
            Same(one.Scenario, keyed => keyed.Windows([.. one.Kinds]), parallelism, moves));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void In_one_kind_of_tumbling_window_an_aggregate_that_does_not_merge_gives_the_same(int parallelism, bool moves) => Holds(scenario =>
        Same(scenario, keyed => keyed.Window(Tumbling.Of(TimeSpan.FromMilliseconds(scenario.Size))), parallelism, moves));

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public void In_sessions_an_aggregate_that_does_not_merge_gives_the_same(int parallelism, bool moves) => Holds(scenario =>
        Same(scenario, keyed => keyed.Window(Session.WithGap(TimeSpan.FromMilliseconds(scenario.Size))), parallelism, moves));

    // The watermark at each row is known, so both ways give the same updates and late rows.
    private static Scenario Known(ScenarioMaker maker) => maker.Disordered().InOneSplit();

    private static void Same(
        Scenario scenario, Func<Streams.KeyedStream<Event, int>, Streams.WindowedStream<Event, int>> windows, int parallelism, bool moves)
    {
        SeededRandom? Moves() => moves ? new SeededRandom(scenario.Seed) : null;
        WindowOutcome merging = new WindowRunner(scenario, keyed =>
            scenario.Settings(windows(keyed)).Aggregate(w => (w.Count(), new IdSum()))).Run(parallelism, Moves());
        WindowOutcome keeping = new WindowRunner(scenario, keyed =>
            scenario.Settings(windows(keyed)).Aggregate(w => (w.Count(), new UnmergeableIdSum()))).Run(parallelism, Moves());
        Assert.Equal(merging.Late.Select(row => row.Id).Order(), keeping.Late.Select(row => row.Id).Order());
        Assert.Equal(merging.FinalPanes(), keeping.FinalPanes());
    }

    private static void Holds(Action<Scenario> check) =>
        Property.Holds((random, size) => Known(new ScenarioMaker(random, size)), Scenario.Shrink, tests: 20, check);
}
