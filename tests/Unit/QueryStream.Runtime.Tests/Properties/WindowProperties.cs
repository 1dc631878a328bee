using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class WindowProperties
{
    private static readonly long Clock = ManualTime.DefaultStart.ToUnixTimeMilliseconds();

    public static TheoryData<int, bool> Ways => new()
    {
        { 1, false }, { 2, false }, { 3, false }, { 7, false }, { 1, true }, { 2, true }, { 3, true }, { 7, true },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Input_shuffled_within_the_out_of_orderness_gives_what_a_reference_gives(int parallelism, bool onePhase) =>
        Property.Holds((random, size) => new ScenarioMaker(random, size).Shuffled(), Scenario.Shrink, tests: 60, scenario =>
        {
            Outcome outcome = ScenarioRunner.Run(scenario, parallelism, onePhase);
            Assert.Empty(outcome.Late[0]);
            Assert.Empty(outcome.Late[1]);
            AssertAccounted(scenario, outcome);
        });

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_row_counts_in_its_window_or_is_late_exactly_once(int parallelism, bool onePhase) =>
        Property.Holds((random, size) => new ScenarioMaker(random, size).Disordered(), Scenario.Shrink, tests: 60, scenario =>
            AssertAccounted(scenario, ScenarioRunner.Run(scenario, parallelism, onePhase)));

    [Theory]
    [MemberData(nameof(Ways))]
    public void Every_row_is_accounted_for_while_splits_become_idle_and_wake(int parallelism, bool onePhase) =>
        Property.Holds((random, size) => new ScenarioMaker(random, size).Idle(Clock, 1 + random.Next(5)), Scenario.Shrink, tests: 60, scenario =>
            AssertAccounted(scenario, ScenarioRunner.Run(scenario, parallelism, onePhase)));

    [Fact]
    public void With_one_split_a_subtask_idle_splits_give_the_same_at_every_parallelism_and_in_both_ways() =>
        Property.Holds(IdleAtRest, Scenario.Shrink, tests: HostileMode.IsOn ? 20 : 60, scenario =>
        {
            Outcome expected = ScenarioRunner.Run(scenario, 1);
            AssertAccounted(scenario, expected);
            foreach ((int parallelism, bool onePhase) in new[] { (1, true), (3, false), (3, true), (7, false), (7, true) })
            {
                Outcome outcome = ScenarioRunner.Run(scenario, parallelism, onePhase);
                for (int window = 0; window < 2; window++)
                {
                    Assert.Equal(expected.Late[window].Order(ById), outcome.Late[window].Order(ById));
                    Assert.Equal(expected.FinalPanes(window), outcome.FinalPanes(window));
                }
            }
        });

    private static Scenario IdleAtRest(SeededRandom random, int size) => new ScenarioMaker(random, size).Idle(Clock, 3) with { RestsAlways = true };

    private static readonly Comparer<Event> ById = Comparer<Event>.Create((a, b) => a.Id.CompareTo(b.Id));

    private static void AssertAccounted(Scenario scenario, Outcome outcome)
    {
        for (int window = 0; window < 2; window++)
        {
            HashSet<long> late = [.. outcome.Late[window].Select(row => row.Id)];
            Assert.Equal(outcome.Late[window].Count, late.Count);
            Assert.Equal(Reference(scenario, window, late), outcome.Final(window));
            AssertPanes(outcome, window);
        }

        Assert.Equal(outcome.Late[0].Count + outcome.Late[1].Count, outcome.LateDropped);
        Assert.Equal(outcome.Late[0].Union(outcome.Late[1]).Count(), outcome.LateOnce);
    }

    private static SortedDictionary<(long Start, int Key), (long Count, long Sum)> Reference(Scenario scenario, int window, HashSet<long> late)
    {
        long size = ScenarioRunner.SizeOf(scenario, window);
        SortedDictionary<(long Start, int Key), (long Count, long Sum)> windows = [];
        foreach (Event row in scenario.Events.Where(row => !late.Contains(row.Id)))
        {
            (long Start, int Key) at = ((long)Math.Floor(row.Time / (decimal)size) * size, window == 0 ? row.Key : row.Key % 3);
            (long count, long sum) = windows.GetValueOrDefault(at);
            windows[at] = (count + 1, sum + (row.Id * row.Id));
        }

        return windows;
    }

    // Early panes first, then one on-time pane, then updates; each with at least the rows of the previous one.
    private static void AssertPanes(Outcome outcome, int window)
    {
        Dictionary<(EventTime, int), WindowResult<int, (long Count, long Sum)>> last = [];
        foreach (WindowResult<int, (long Count, long Sum)> result in outcome.Results[window])
        {
            (EventTime, int) at = (result.Window.Start, result.Key);
            if (last.TryGetValue(at, out WindowResult<int, (long Count, long Sum)> before))
            {
                Assert.True(before.Value.Count <= result.Value.Count, $"{result} after {before}");
                Assert.True(
                    (before.Pane, result.Pane) is (Pane.Early, Pane.Early or Pane.OnTime) or (not Pane.Early, Pane.Update),
                    $"{result} after {before}");
                Assert.True(
                    result.Pane == Pane.OnTime || before.Value.Count < result.Value.Count, $"{result} says nothing that {before} did not say");
            }
            else
            {
                Assert.NotEqual(Pane.Update, result.Pane);
            }

            last[at] = result;
        }

        Assert.DoesNotContain(last.Values, result => result.Pane == Pane.Early);
    }
}
