using QueryStream.Core;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class SessionProperties
{
    // Long enough that no row is late.
    private const long LongLateness = 9_999L * 86_400_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Shuffled_input_gives_the_sessions_that_a_reference_gives(int parallelism) => Holds(maker => maker.Shuffled(), scenario =>
    {
        WindowOutcome outcome = Run(scenario, parallelism);
        Assert.Empty(outcome.Late);
        Assert.Equal(Reference(scenario, Rows(scenario), maxGap: scenario.Size), outcome.FinalPanes().Order(StringComparer.Ordinal));
        Assert.All(outcome.Results, result => Assert.NotEqual(Pane.Update, result.Pane));
    });

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void The_last_results_are_those_of_a_reference_in_whatever_order_rows_come(int parallelism, bool moves) =>
        Holds(maker => maker.Disordered() with { Lateness = LongLateness }, scenario =>
        {
            WindowOutcome outcome = Run(scenario, parallelism, moves);
            Assert.Empty(outcome.Late);
            List<string> final = [.. outcome.Results.GroupBy(result => (result.Key, result.Window)).Select(group => Line(group.Last()))];
            List<string> reference = [.. References(scenario, Rows(scenario), maxGap: scenario.Size).Select(Line)];
            Assert.Empty(reference.Except(final));

            // All other results are parts of sessions that have grown since.
            ILookup<int, Window> sessions = References(scenario, Rows(scenario), maxGap: scenario.Size)
                .ToLookup(result => result.Key, result => result.Window);
            Assert.All(
                outcome.Results,
                result => Assert.Contains(sessions[result.Key], session => session.Start <= result.Window.Start && session.End >= result.Window.End));
        });

    [Fact]
    public void A_job_that_is_moved_by_snapshots_gives_what_it_gives_without() => Holds(maker => maker.Disordered().InOneSplit(), scenario =>
    {
        WindowOutcome moved = Run(scenario, 1, moves: true);
        WindowOutcome stayed = Run(scenario, 1);
        Assert.Equal(stayed.Late.Select(row => row.Id).Order(), moved.Late.Select(row => row.Id).Order());
        Assert.Equal(stayed.FinalPanes(), moved.FinalPanes());
    });

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(7, false)]
    [InlineData(2, true)]
    public void In_processing_time_the_moments_of_arrival_make_the_sessions(int parallelism, bool moves) =>
        Holds(maker => maker.Disordered() with { RestsAlways = true, Lateness = 0, ElementsPerPoll = 1_000 }, scenario =>
        {
            WindowOutcome outcome = Run(scenario, parallelism, moves, isProcessingTime: true);
            Assert.Empty(outcome.Late);
            // A session closes when the clock reaches its end, so a row of that moment is not part of it.
            Assert.Equal(
                Reference(scenario, outcome.Arrivals.Select(one => (one.Row.Key, one.Row.Id, one.Clock)), maxGap: scenario.Size - 1),
                outcome.FinalPanes());
        });

    private static WindowOutcome Run(Scenario scenario, int parallelism, bool moves = false, bool isProcessingTime = false) =>
        new WindowRunner(scenario, keyed =>
    {
        Streams.WindowedStream<Event, int> windows = scenario.Settings(keyed.Window(Session.WithGap(TimeSpan.FromMilliseconds(scenario.Size))));
        return (isProcessingTime ? windows.ProcessingTime() : windows).Aggregate(w => (w.Count(), new IdSum()));
    }).Run(parallelism, moves ? new SeededRandom(scenario.Seed) : null);

    private static IEnumerable<(int Key, long Id, long Time)> Rows(Scenario scenario) => scenario.Events.Select(row => (row.Key, row.Id, row.Time));

    private static List<string> Reference(Scenario scenario, IEnumerable<(int Key, long Id, long Time)> rows, long maxGap) =>
        [.. References(scenario, rows, maxGap).Select(result => result.ToString()).Order(StringComparer.Ordinal)];

    // Sorts the rows of each key, and splits the list at gaps.
    private static IEnumerable<WindowResult<int, (long Count, long Sum)>> References(
        Scenario scenario, IEnumerable<(int Key, long Id, long Time)> rows, long maxGap)
    {
        foreach (IGrouping<int, (int Key, long Id, long Time)> key in rows.GroupBy(row => row.Key))
        {
            (int Key, long Id, long Time)[] sorted = [.. key.OrderBy(row => row.Time)];
            int first = 0;
            for (int i = 1; i <= sorted.Length; i++)
            {
                if (i == sorted.Length || sorted[i].Time - sorted[i - 1].Time > maxGap)
                {
                    Window window = new(new(sorted[first].Time), new(sorted[i - 1].Time + scenario.Size));
                    yield return new(key.Key, window, Pane.OnTime, (i - first, sorted[first..i].Sum(row => row.Id * row.Id)));
                    first = i;
                }
            }
        }
    }

    private static string Line(WindowResult<int, (long Count, long Sum)> result) => $"{result.Key} {result.Window}: {result.Value}";

    private static void Holds(Func<ScenarioMaker, Scenario> scenario, Action<Scenario> check) =>
        Property.Holds((random, size) => scenario(new ScenarioMaker(random, size)), Scenario.Shrink, tests: 40, check);
}
