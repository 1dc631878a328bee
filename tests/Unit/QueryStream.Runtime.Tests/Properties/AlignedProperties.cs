using QueryStream.Core;
using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class AlignedProperties
{
    // Long enough that no row is late.
    private const long LongLateness = 9_999L * 86_400_000;

    public static TheoryData<int, bool> Ways => new()
    {
        { 1, false }, { 2, false }, { 3, false }, { 7, false }, { 1, true }, { 2, true }, { 3, true }, { 7, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Shuffled_input_gives_what_a_reference_gives(int parallelism, bool onePhase) =>
        Holds(maker => maker.Shuffled(), one =>
        {
            WindowOutcome outcome = Run(one, parallelism, onePhase);
            Assert.Empty(outcome.Late);
            Assert.Equal(one.Reference(one.Scenario.Events.Select(row => (row.Key, row.Id, row.Time))), outcome.Final());
            outcome.AssertPanes();
        });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Late_rows_change_every_window_that_is_still_kept(int parallelism, bool onePhase) =>
        Holds(maker => maker.Disordered() with { Lateness = LongLateness }, one =>
        {
            WindowOutcome outcome = Run(one, parallelism, onePhase);
            Assert.Empty(outcome.Late);
            Assert.Equal(one.Reference(one.Scenario.Events.Select(row => (row.Key, row.Id, row.Time))), outcome.Final());
            outcome.AssertPanes();
        });

    [Fact]
    public void Both_ways_give_the_same_results_and_the_same_late_rows() =>
        Holds(maker => maker.Disordered() with { RestsAlways = true, ElementsPerPoll = 1 }, one =>
        {
            WindowOutcome two = Run(one, 1);
            WindowOutcome single = Run(one, 1, onePhase: true);
            two.AssertPanes();
            Assert.Equal(two.Late.Select(row => row.Id).Order(), single.Late.Select(row => row.Id).Order());
            Assert.Equal(two.FinalPanes(), single.FinalPanes());
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_job_that_is_moved_by_snapshots_gives_what_a_reference_gives(bool onePhase) =>
        Holds(maker => maker.Disordered() with { Lateness = LongLateness }, one =>
        {
            WindowOutcome outcome = Run(one, 2, onePhase, new SeededRandom(one.Scenario.Seed));
            Assert.Empty(outcome.Late);
            Assert.Equal(one.Reference(one.Scenario.Events.Select(row => (row.Key, row.Id, row.Time))), outcome.Final());
            outcome.AssertPanes();
        });

    [Fact]
    public void A_job_that_is_moved_by_snapshots_gives_what_it_gives_without() =>
        Holds(maker => maker.Disordered().InOneSplit(), one =>
        {
            WindowOutcome moved = Run(one, 1, moves: new SeededRandom(one.Scenario.Seed));
            WindowOutcome stayed = Run(one, 1);
            Assert.Equal(stayed.Late.Select(row => row.Id).Order(), moved.Late.Select(row => row.Id).Order());
            Assert.Equal(stayed.FinalPanes(), moved.FinalPanes());
        });

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(7, false)]
    [InlineData(2, true)]
    public void In_processing_time_the_moments_of_arrival_decide_on_the_windows(int parallelism, bool moves) =>
        Holds(maker => maker.Disordered() with { RestsAlways = true, Lateness = 0, ElementsPerPoll = 1_000 }, one =>
        {
            WindowRunner runner = new(one.Scenario, keyed =>
                one.Scenario.Settings(keyed.Windows([.. one.Kinds])).ProcessingTime().Aggregate(w => (w.Count(), new IdSum())));
            WindowOutcome outcome = runner.Run(parallelism, moves ? new SeededRandom(one.Scenario.Seed) : null);
            Assert.Empty(outcome.Late);
            Assert.Equal(one.Reference(outcome.Arrivals.Select(arrival => (arrival.Row.Key, arrival.Row.Id, arrival.Clock))), outcome.Final());
            outcome.AssertPanes();
        });

    private static WindowOutcome Run(AlignedCase one, int parallelism, bool onePhase = false, SeededRandom? moves = null) =>
        new WindowRunner(one.Scenario, keyed =>
    {
        WindowedStream<Event, int> windows = one.Scenario.Settings(keyed.Windows([.. one.Kinds]));
        return (onePhase ? windows.OnePhase() : windows).Aggregate(w => (w.Count(), new IdSum()));
    }).Run(parallelism, moves);

    private static void Holds(Func<ScenarioMaker, Scenario> scenario, Action<AlignedCase> check) => Property.Holds(
        (random, size) => AlignedCase.Of(scenario(new ScenarioMaker(random, size)), random), AlignedCase.Shrink, tests: 40, check);
}
