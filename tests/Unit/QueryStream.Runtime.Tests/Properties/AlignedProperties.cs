using QueryStream.TestKit;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class AlignedProperties
{
    // So long that no row is late, whatever its time.
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
            AlignedOutcome outcome = AlignedRunner.Run(one, parallelism, onePhase);
            Assert.Empty(outcome.Late);
            Assert.Equal(AlignedOutcome.Reference(one, one.Scenario.Events), outcome.Final());
            outcome.AssertPanes();
        });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Late_rows_change_every_window_that_is_still_kept(int parallelism, bool onePhase) =>
        Holds(maker => maker.Disordered() with { Lateness = LongLateness }, one =>
        {
            AlignedOutcome outcome = AlignedRunner.Run(one, parallelism, onePhase);
            Assert.Empty(outcome.Late);
            Assert.Equal(AlignedOutcome.Reference(one, one.Scenario.Events), outcome.Final());
            outcome.AssertPanes();
        });

    [Fact]
    public void Both_ways_give_the_same_results_and_the_same_late_rows() =>
        Holds(maker => maker.Disordered() with { RestsAlways = true, ElementsPerPoll = 1 }, one =>
        {
            AlignedOutcome two = AlignedRunner.Run(one, 1);
            AlignedOutcome single = AlignedRunner.Run(one, 1, onePhase: true);
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
            AlignedOutcome outcome = AlignedRunner.Run(one, 2, onePhase, new SeededRandom(one.Scenario.Seed));
            Assert.Empty(outcome.Late);
            Assert.Equal(AlignedOutcome.Reference(one, one.Scenario.Events), outcome.Final());
            outcome.AssertPanes();
        });

    [Fact]
    public void A_job_that_is_moved_by_snapshots_gives_what_it_gives_without() =>
        Holds(maker => OneSplit(maker.Disordered()), one =>
        {
            AlignedOutcome moved = AlignedRunner.Run(one, 1, moves: new SeededRandom(one.Scenario.Seed));
            AlignedOutcome stayed = AlignedRunner.Run(one, 1);
            Assert.Equal(stayed.Late.Select(row => row.Id).Order(), moved.Late.Select(row => row.Id).Order());
            Assert.Equal(stayed.FinalPanes(), moved.FinalPanes());
        });

    private static Scenario OneSplit(Scenario scenario) => scenario with
    {
        RestsAlways = true,
        ElementsPerPoll = 1,
        Splits = 1,
        Steps = [.. scenario.Steps.Select(step => step with { Split = 0 })],
    };

    private static void Holds(Func<ScenarioMaker, Scenario> scenario, Action<AlignedCase> check) => Property.Holds(
        (random, size) => AlignedCase.Of(scenario(new ScenarioMaker(random, size)), random), AlignedCase.Shrink, tests: 40, check);
}
