using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>The results of a scenario with one window operator.</summary>
/// <param name="Results">The results, in order.</param>
/// <param name="Late">The late rows.</param>
/// <param name="Arrivals">All rows with the clock at their arrival.</param>
internal sealed record WindowOutcome(
    List<WindowResult<int, (long Count, long Sum)>> Results, List<Event> Late, List<(Event Row, long Clock)> Arrivals)
{
    /// <summary>The last result of each window and key.</summary>
    public List<string> Final() =>
        [.. Results.GroupBy(result => (result.Index, result.Window, result.Key)).Select(group => Line(group.Last())).Order(StringComparer.Ordinal)];

    /// <summary>All results in order, except early ones, which depend on timing.</summary>
    public List<string> FinalPanes() =>
        [.. Results.Where(result => result.Pane != Pane.Early).Select(result => result.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>Asserts that early panes come first, then one on-time pane, then updates, and that each pane adds something.</summary>
    public void AssertPanes()
    {
        foreach (IGrouping<(int, Window, int), WindowResult<int, (long Count, long Sum)>> group in
            Results.GroupBy(result => (result.Index, result.Window, result.Key)))
        {
            WindowResult<int, (long Count, long Sum)>[] all = [.. group];
            Assert.Equal(1, all.Count(result => result.Pane == Pane.OnTime));
            Assert.Equal(all.OrderBy(result => result.Pane), all);
            for (int i = 1; i < all.Length; i++)
            {
                Assert.True(
                    all[i - 1].Value.Count < all[i].Value.Count || (all[i].Pane == Pane.OnTime && all[i - 1].Value == all[i].Value),
                    $"{all[i]} after {all[i - 1]}");
            }
        }
    }

    private static string Line(WindowResult<int, (long Count, long Sum)> result) => $"{result.Index} {result.Window} {result.Key}: {result.Value}";
}
