using QueryStream.Simulation.Graphs;

namespace QueryStream.Simulation.Oracles;

/// <summary>The contents of windows, by sorting and grouping all rows.</summary>
internal static class WindowOracle
{
    /// <summary>A window of a key with its rows.</summary>
    public readonly record struct Pane(int Key, long Start, long End, IReadOnlyList<Event> Rows);

    /// <summary>The largest multiple of a size that is not larger than a time.</summary>
    public static long Floor(long time, long size) => (long)Math.Floor(time / (decimal)size) * size;

    public static IEnumerable<Pane> Tumbling(IEnumerable<Event> rows, long size) => In(rows, time => [(Floor(time, size), Floor(time, size) + size)]);

    public static IEnumerable<Pane> Sliding(IEnumerable<Event> rows, long size, long slide) => In(rows, time =>
        Enumerable.Range(0, (int)(size / slide)).Select(i => Floor(time, slide) - (i * slide)).Select(start => (start, start + size)));

    public static IEnumerable<Pane> Cumulating(IEnumerable<Event> rows, long maxSize, long step) => In(rows, time =>
        Enumerable.Range(1, (int)(maxSize / step)).Select(i => (Floor(time, maxSize), Floor(time, maxSize) + (i * step)))
            .Where(window => window.Item2 > time));

    public static IEnumerable<Pane> Sessions(IEnumerable<Event> rows, long gap)
    {
        foreach (IGrouping<int, Event> key in rows.GroupBy(row => row.Key))
        {
            List<Event> session = [];
            foreach (Event row in key.OrderBy(row => row.Time))
            {
                if (session.Count > 0 && row.Time - session[^1].Time > gap)
                {
                    yield return Session(key.Key, session, gap);
                    session = [];
                }

                session.Add(row);
            }

            yield return Session(key.Key, session, gap);
        }
    }

    private static Pane Session(int key, List<Event> rows, long gap) => new(key, rows[0].Time, rows[^1].Time + gap, rows);

    private static IEnumerable<Pane> In(IEnumerable<Event> rows, Func<long, IEnumerable<(long Start, long End)>> windows) =>
        rows.SelectMany(row => windows(row.Time).Select(window => (At: (row.Key, window.Start, window.End), Row: row)))
            .GroupBy(one => one.At, one => one.Row)
            .Select(window => new Pane(window.Key.Key, window.Key.Start, window.Key.End, [.. window]));
}
