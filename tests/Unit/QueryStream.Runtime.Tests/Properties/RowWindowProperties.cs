using QueryStream.Core;
using QueryStream.Runtime.Tests.Windows.Rows;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Windows that keep their rows give the same results as windows that fold them.</summary>
public sealed class RowWindowProperties
{
    public static TheoryData<int, bool> Ways => new() { { 1, false }, { 2, false }, { 3, false }, { 7, false }, { 2, true } };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Aligned_windows_that_keep_their_rows_give_the_same(int parallelism, bool moves) => Property.Holds(
        (random, size) => AlignedCase.Of(new ScenarioMaker(random, size).Disordered().InOneSplit(), random),
        AlignedCase.Shrink,
        tests: 15,
        one => Same(one.Scenario, keyed => one.Scenario.Settings(keyed.Window(one.Kinds[0])), parallelism, moves));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Sessions_that_keep_their_rows_give_the_same(int parallelism, bool moves) => Holds(scenario => Same(
        scenario, keyed => scenario.Settings(keyed.Window(Session.WithGap(TimeSpan.FromMilliseconds(scenario.Size)))), parallelism, moves));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Windows_of_so_many_rows_that_keep_them_give_the_same(int parallelism, bool moves) => Holds(scenario => Same(
        scenario,
        keyed => keyed.Window(scenario.Seed % 2 == 0 ? Global.Of(1 + (int)(scenario.Seed % 7)) : Global.Every(1 + (int)(scenario.Seed % 7)))
            .Named("windows"),
        parallelism,
        moves));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Aligned_windows_of_the_clock_that_keep_their_rows_give_the_same(int parallelism, bool moves) => Property.Holds(
        (random, size) => AlignedCase.Of(new ScenarioMaker(random, size).Disordered().InOneSplit() with { Lateness = 0 }, random),
        AlignedCase.Shrink,
        tests: 15,
        one => Same(one.Scenario, keyed => one.Scenario.Settings(keyed.Window(one.Kinds[0])).ProcessingTime(), parallelism, moves, onlyLast: true));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Sessions_of_the_clock_that_keep_their_rows_give_the_same(int parallelism, bool moves) => Holds(scenario => Same(
        scenario with { Lateness = 0 },
        keyed => (scenario with { Lateness = 0 }).Settings(keyed.Window(Session.WithGap(TimeSpan.FromMilliseconds(scenario.Size)))).ProcessingTime(),
        parallelism,
        moves));

    private static void Same(
        Scenario scenario, Func<KeyedStream<Event, int>, WindowedStream<Event, int>> windows, int parallelism, bool moves, bool onlyLast = false)
    {
        SeededRandom? Moves() => moves ? new SeededRandom(scenario.Seed) : null;
        WindowOutcome folding = new WindowRunner(scenario, keyed =>
            windows(keyed).Aggregate(w => (w.Count(), new IdSum()))).Run(parallelism, Moves());
        WindowOutcome keeping = new WindowRunner(scenario, keyed =>
            windows(keyed).Evict(() => new LenientEvictor<Event>()).Aggregate(w => (w.Count(), new IdSum()))).Run(parallelism, Moves());
        Assert.Equal(folding.Late.Select(row => row.Id).Order(), keeping.Late.Select(row => row.Id).Order());
        if (onlyLast)
        {
            Assert.Equal(folding.Final(), keeping.Final());
        }
        else
        {
            Assert.Equal(folding.FinalPanes(), keeping.FinalPanes());
        }
    }

    private static void Holds(Action<Scenario> check) =>
        Property.Holds((random, size) => new ScenarioMaker(random, size).Disordered().InOneSplit(), Scenario.Shrink, tests: 15, check);
}
