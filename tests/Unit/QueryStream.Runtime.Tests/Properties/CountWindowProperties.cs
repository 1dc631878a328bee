using QueryStream.Core;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class CountWindowProperties
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(7, false)]
    [InlineData(2, true)]
    public void Rows_in_order_of_arrival_give_what_a_reference_gives(int parallelism, bool moves) => Property.Holds(
        (random, size) =>
            new ScenarioMaker(random, size).Disordered() with { RestsAlways = true, ElementsPerPoll = 1_000, Lateness = 0, Early = null },
        Scenario.Shrink,
        tests: 40,
        scenario =>
        {
            int rows = 1 + (int)(scenario.Seed % 7);
            Global kind = scenario.Seed % 2 == 0 ? Global.Of(rows) : Global.Every(rows);
            WindowRunner runner = new(scenario, keyed => keyed.Window(kind).Named("windows").Aggregate(w => (w.Count(), new IdSum())));
            WindowOutcome outcome = runner.Run(parallelism, moves ? new SeededRandom(scenario.Seed) : null);
            Assert.Empty(outcome.Late);
            Assert.Equal(
                Reference(scenario, kind).Select(Line).Order(StringComparer.Ordinal), outcome.Results.Select(Line).Order(StringComparer.Ordinal));
        });

    private static IEnumerable<WindowResult<int, (long Count, long Sum)>> Reference(Scenario scenario, Global kind)
    {
        foreach (IGrouping<int, Event> key in scenario.Events.GroupBy(row => row.Key))
        {
            List<Event> window = [];
            int since = 0;
            foreach (Event row in key)
            {
                window.Add(row);
                if (++since == kind.Rows)
                {
                    yield return Result(window, kind.StartsAnew ? Pane.OnTime : Pane.Early);
                    since = 0;
                    if (kind.StartsAnew)
                    {
                        window.Clear();
                    }
                }
            }

            if (window.Count > 0)
            {
                yield return Result(window, Pane.OnTime);
            }
        }
    }

    private static WindowResult<int, (long Count, long Sum)> Result(List<Event> rows, Pane pane) => new(
        rows[0].Key, new(new(rows.Min(row => row.Time)), new(rows.Max(row => row.Time) + 1)), pane, (rows.Count, rows.Sum(row => row.Id * row.Id)));

    private static string Line(WindowResult<int, (long Count, long Sum)> result) => result.ToString();
}
