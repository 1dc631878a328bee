using QueryStream.Simulation.Graphs;

namespace QueryStream.Simulation.Oracles;

/// <summary>Joins by nested loops over all rows.</summary>
internal static class JoinOracle
{
    public static IEnumerable<string> Within(BranchRows rows, long lower, long upper) => rows.Left.SelectMany(left => Pairs(
        left, rows.Right.Where(right => right.Key == left.Key && right.Time >= left.Time + lower && right.Time <= left.Time + upper)));

    public static IEnumerable<string> InWindows(BranchRows rows, Func<IEnumerable<Event>, IEnumerable<WindowOracle.Pane>> windows)
    {
        HashSet<long> left = [.. rows.Left.Select(row => row.Id)];
        return windows(rows.Left.Concat(rows.Right)).SelectMany(window => window.Rows.Where(row => left.Contains(row.Id))
            .SelectMany(row => Pairs(row, window.Rows.Where(other => !left.Contains(other.Id)))
                .Select(pair => $"{pair} in {window.Start}")));
    }

    /// <summary>The time of the version that was in force at each left row.</summary>
    public static IEnumerable<string> AsOf(BranchRows rows) => rows.Left.Select(left =>
        $"{left.Id}={rows.Right.Where(right => right.Key == left.Key && right.Time <= left.Time).Max(right => (long?)right.Time) ?? -1}");

    private static IEnumerable<string> Pairs(Event left, IEnumerable<Event> right)
    {
        string[] pairs = [.. right.Select(row => $"{left.Id}-{row.Id}")];
        return pairs.Length == 0 ? [$"{left.Id}-"] : pairs;
    }
}
