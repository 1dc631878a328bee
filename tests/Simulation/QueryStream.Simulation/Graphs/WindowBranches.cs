using QueryStream.Core;
using QueryStream.Simulation.Oracles;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Simulation.Graphs;

/// <summary>Windows of all kinds.</summary>
internal static class WindowBranches
{
    /// <summary>Tumbling windows, the only ones of which rows may be late: a row is late for its only window, or for none.</summary>
    public static Branch Tumbling(SeededRandom random, bool hasLateRows)
    {
        long size = Size(random);
        bool onePhase = random.Next(4) == 0;
        return new Branch(
            $"tumbling {size}{(onePhase ? " in one phase" : "")}",
            inputs => Aggregated(inputs, keyed => onePhase ? keyed.Window(Of(size)).OnePhase() : keyed.Window(Of(size))),
            rows => WindowOracle.Tumbling(rows.Left, size).Select(Line))
        {
            HasLateRows = hasLateRows,
            Covers = Lines.BeginsAtLeast,
        };
    }

    public static Branch Sliding(SeededRandom random)
    {
        long slide = Size(random);
        long size = slide * (2 + random.Next(4));
        return new Branch(
            $"sliding {size} by {slide}",
            inputs => Aggregated(inputs, keyed => keyed.Window(Streams.Windows.Sliding.Of(Milliseconds(size), Milliseconds(slide)))),
            rows => WindowOracle.Sliding(rows.Left, size, slide).Select(Line))
        {
            Covers = Lines.BeginsAtLeast,
        };
    }

    public static Branch Cumulating(SeededRandom random)
    {
        long step = Size(random);
        long maxSize = step * (2 + random.Next(4));
        return new Branch(
            $"cumulating {maxSize} by {step}",
            inputs => Aggregated(inputs, keyed => keyed.Window(Streams.Windows.Cumulating.Of(Milliseconds(maxSize), Milliseconds(step)))),
            rows => WindowOracle.Cumulating(rows.Left, maxSize, step).Select(Line))
        {
            Covers = Lines.BeginsAtLeast,
        };
    }

    public static Branch Session(SeededRandom random)
    {
        long gap = Size(random) / 4;
        return new Branch(
            $"sessions {gap}",
            inputs => Aggregated(inputs, keyed => keyed.Window(Streams.Windows.Session.WithGap(Milliseconds(gap)))),
            rows => WindowOracle.Sessions(rows.Left, gap).Select(Line));
    }

    /// <summary>Windows of a number of rows. Which rows are together depends on their order, their numbers do not.</summary>
    public static Branch Counts(SeededRandom random)
    {
        int size = 2 + random.Next(9);
        return new Branch(
            $"every {size} rows",
            inputs => inputs.Left.KeyBy(row => row.Key).Window(Global.Of(size)).Named(inputs.Name).Aggregate(all => all.Count())
                .Map(result => $"{result.Key}={result.Value}"),
            rows => rows.Left.GroupBy(row => row.Key)
                .SelectMany(key => key.Chunk(size).Select(chunk => $"{key.Key}={chunk.Length}")))
        {
            IsUpsertable = false,
        };
    }

    /// <summary>Windows that keep their rows.</summary>
    public static Branch Rows(SeededRandom random)
    {
        long size = Size(random);
        return new Branch(
            $"rows of {size}",
            inputs => inputs.Left.KeyBy(row => row.Key).Window(Of(size)).Named(inputs.Name).Process(() => new SortedIds()),
            rows => WindowOracle.Tumbling(rows.Left, size)
                .Select(window => $"{window.Key} {window.Start}={string.Join('+', window.Rows.Select(row => row.Id).Order())}"))
        {
            Covers = static (expected, found) => expected.Split('+').Except(found.Split('+')).Any() == false,
        };
    }

    /// <summary>Sessions that keep their rows.</summary>
    public static Branch SessionRows(SeededRandom random)
    {
        long gap = Size(random) / 4;
        return new Branch(
            $"rows of sessions {gap}",
            inputs => inputs.Left.KeyBy(row => row.Key).Window(Streams.Windows.Session.WithGap(Milliseconds(gap))).Named(inputs.Name)
                .Process(() => new SortedIds()),
            rows => WindowOracle.Sessions(rows.Left, gap)
                .Select(window => $"{window.Key} {window.Start}={string.Join('+', window.Rows.Select(row => row.Id).Order())}"));
    }

    /// <summary>Windows that emit what they have at an interval of the clock, and at their end.</summary>
    public static Branch Early(SeededRandom random)
    {
        long size = Size(random);
        long interval = 100 + random.Next(1_000);
        return new Branch(
            $"tumbling {size} with results every {interval}",
            inputs => Aggregated(inputs, keyed => keyed.Window(Of(size)).Early(Milliseconds(interval))),
            rows => WindowOracle.Tumbling(rows.Left, size).Select(Line))
        {
            IsUpsertOnly = true,
        };
    }

    private static Tumbling Of(long size) => Streams.Windows.Tumbling.Of(Milliseconds(size));

    private static long Size(SeededRandom random) => 200 + random.Next(4_000);

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    private static Stream<string> Aggregated(BranchInputs inputs, Func<KeyedStream<Event, int>, WindowedStream<Event, int>> window)
    {
        WindowStream<Event, int, (long Count, long? Sum)> windows = window(inputs.Left.KeyBy(row => row.Key))
            .Named(inputs.Name).Aggregate(all => (all.Count(), all.Sum(row => (long?)row.Id)));
        Stream<string> results = windows.Map(
            result => $"{result.Key} {result.Window.Start.Milliseconds} {result.Window.End.Milliseconds}={result.Value.Count}/{result.Value.Sum}");
        return results.Union(windows.Late.Map(row => Lines.Late(row.Id)));
    }

    private static string Line(WindowOracle.Pane window) =>
        $"{window.Key} {window.Start} {window.End}={window.Rows.Count}/{window.Rows.Sum(row => row.Id)}";

    private sealed class SortedIds : WindowFunction<int, Event, string>
    {
        public override void Process(WindowRows<Event> rows, WindowContext<int, string> context)
        {
            long[] ids = new long[rows.Rows.Length];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = rows.Rows[i].Id;
            }

            Array.Sort(ids);
            context.Emit($"{context.Key} {context.Window.Start.Milliseconds}={string.Join('+', ids)}");
        }
    }
}
