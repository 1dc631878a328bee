using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>What a job made of a case.</summary>
internal sealed record AlignedOutcome(List<WindowResult<int, (long Count, long Sum)>> Results, List<Event> Late)
{
    /// <summary>The last result of each window and key.</summary>
    public List<string> Final() =>
        [.. Results.GroupBy(result => (result.Index, result.Window, result.Key)).Select(group => Line(group.Last())).Order(StringComparer.Ordinal)];

    /// <summary>All results in order, the early ones left out since they depend on the moment.</summary>
    public List<string> FinalPanes() => [.. Results.Where(result => result.Pane != Pane.Early).Select(result => result.ToString()).Order(StringComparer.Ordinal)];

    /// <summary>What a row-by-row reference makes of the rows.</summary>
    public static List<string> Reference(AlignedCase one, IEnumerable<Event> rows)
    {
        Dictionary<(int Index, Window Window, int Key), (long Count, long Sum)> windows = [];
        foreach (Event row in rows)
        {
            for (int index = 0; index < one.Kinds.Count; index++)
            {
                foreach (Window window in AlignedCase.WindowsOf(one.Kinds[index], row.Time))
                {
                    (long count, long sum) = windows.GetValueOrDefault((index, window, row.Key));
                    windows[(index, window, row.Key)] = (count + 1, sum + (row.Id * row.Id));
                }
            }
        }

        return [.. windows.Select(pair => $"{pair.Key.Index} {pair.Key.Window} {pair.Key.Key}: {pair.Value}").Order(StringComparer.Ordinal)];
    }

    /// <summary>Early ones first, then one on time, then updates; each says something that the one before did not.</summary>
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
                Assert.True(all[i - 1].Value.Count < all[i].Value.Count || (all[i].Pane == Pane.OnTime && all[i - 1].Value == all[i].Value), $"{all[i]} after {all[i - 1]}");
            }
        }
    }

    private static string Line(WindowResult<int, (long Count, long Sum)> result) => $"{result.Index} {result.Window} {result.Key}: {result.Value}";
}
