using System.Globalization;
using QueryStream.Core;
using QueryStream.Streams;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using Row = (long Id, int Key, long Time);

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Joins give the same results as nested loops, at every parallelism and when moved.</summary>
public sealed class JoinProperties
{
    private const int Cases = 25;

    public static TheoryData<int[]> All => Parallelisms.All;

    [Theory]
    [MemberData(nameof(All))]
    public void An_interval_join_gives_what_nested_loops_give_over_the_rows_that_are_not_late(int[] parallelisms) => Holds(Anything, scenario =>
    {
        SeededRandom random = new(scenario.Seed);
        long lower = random.Next(4_000) - 2_000;
        long upper = lower + random.Next(3_000);
        (List<string> rows, HashSet<long> late) = Run(scenario, parallelisms, join => join.Within(Milliseconds(lower), Milliseconds(upper)));
        List<string> expected = [];
        List<Event> right = Rows(scenario, 1, late);
        foreach (Event left in Rows(scenario, 0, late))
        {
            Event[] partners = [.. right.Where(row => row.Key == left.Key && row.Time >= left.Time + lower && row.Time <= left.Time + upper)];
            expected.AddRange(partners.Select(row => $"{left.Id}-{row.Id} @{Math.Max(left.Time, row.Time)}"));
            if (partners.Length == 0)
            {
                expected.Add($"{left.Id}- @{Math.Max(left.Time, left.Time + upper)}");
            }
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), rows);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_join_in_tumbling_windows_gives_what_nested_loops_give_over_the_rows_that_are_not_late(int[] parallelisms) =>
        Holds(Anything, scenario =>
    {
        long size = Math.Max(2, scenario.Size);
        (List<string> rows, HashSet<long> late) = Run(scenario, parallelisms, join => join.Window(Tumbling.Of(Milliseconds(size))));
        Assert.Equal(InWindows(scenario, late, time => [Floor(time, size)], size), rows);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_join_in_sliding_windows_gives_what_nested_loops_give(int[] parallelisms) => Holds(Shuffled, scenario =>
    {
        long slide = Math.Max(1, scenario.Size / 3);
        long size = slide * 3;
        (List<string> rows, HashSet<long> late) = Run(
            scenario, parallelisms, join => join.Window(Sliding.Of(Milliseconds(size), Milliseconds(slide))));
        Assert.Empty(late);
        Assert.Equal(InWindows(scenario, late, time => [.. Enumerable.Range(0, 3).Select(i => Floor(time, slide) - (i * slide))], size), rows);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_join_in_sessions_gives_what_nested_loops_give(int[] parallelisms) => Holds(Shuffled, scenario =>
    {
        long gap = Math.Max(1, scenario.Size / 10);
        (List<string> rows, HashSet<long> late) = Run(scenario, parallelisms, join => join.Window(Session.WithGap(Milliseconds(gap))));
        Assert.Empty(late);
        List<string> expected = [];
        foreach (IGrouping<int, Event> key in scenario.Events.GroupBy(row => row.Key))
        {
            List<Event> session = [];
            foreach (Event row in key.OrderBy(row => row.Time))
            {
                if (session.Count > 0 && row.Time > session[^1].Time + gap)
                {
                    AddPairs(expected, session, session[^1].Time + gap - 1);
                    session.Clear();
                }

                session.Add(row);
            }

            AddPairs(expected, session, session[^1].Time + gap - 1);
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), rows);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_lookup_finds_the_version_that_was_in_force(int[] parallelisms) => Holds(Shuffled, scenario =>
    {
        (List<string> rows, HashSet<long> late) = Run(scenario, parallelisms, join => join.AsOf());
        Assert.Empty(late);
        Dictionary<long, Event> byId = scenario.Events.ToDictionary(row => row.Id);
        List<Event> right = Rows(scenario, 1, late);
        Assert.Equal(
            Rows(scenario, 0, late).Select(row => row.Id), rows.Select(row => long.Parse(row.Split('-')[0], CultureInfo.InvariantCulture)).Order());
        foreach (string row in rows)
        {
            string[] parts = row.Split(" @")[0].Split('-');
            Event left = byId[long.Parse(parts[0], CultureInfo.InvariantCulture)];
            long? newest = right.Where(one => one.Key == left.Key && one.Time <= left.Time).Max(one => (long?)one.Time);

            // Any of several versions with the same time may have been the last one.
            Assert.Equal(newest, parts[1].Length == 0 ? null : byId[long.Parse(parts[1], CultureInfo.InvariantCulture)].Time);
            Assert.True(
                parts[1].Length == 0 || byId[long.Parse(parts[1], CultureInfo.InvariantCulture)] is { } version && version.Key == left.Key
                    && version.Split % 2 == 1);
            Assert.EndsWith($" @{left.Time}", row, StringComparison.Ordinal);
        }
    });

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    private static long Floor(long time, long size) => (long)Math.Floor(time / (decimal)size) * size;

    private static List<Event> Rows(Scenario scenario, int side, HashSet<long> late) =>
        [.. scenario.Events.Where(row => row.Split % 2 == side && !late.Contains(row.Id))];

    private static IEnumerable<string> InWindows(Scenario scenario, HashSet<long> late, Func<long, long[]> starts, long size)
    {
        List<string> expected = [];
        foreach (IGrouping<(int, long Start), Event> window in scenario.Events.Where(row => !late.Contains(row.Id))
            .SelectMany(row => starts(row.Time).Select(start => (At: (row.Key, start), Row: row))).GroupBy(one => one.At, one => one.Row))
        {
            AddPairs(expected, [.. window], window.Key.Start + size - 1);
        }

        return expected.Order(StringComparer.Ordinal);
    }

    private static void AddPairs(List<string> expected, List<Event> rows, long end)
    {
        Event[] right = [.. rows.Where(row => row.Split % 2 == 1)];
        foreach (Event left in rows.Where(row => row.Split % 2 == 0))
        {
            expected.AddRange(right.Length == 0 ? [$"{left.Id}- @{end}"] : right.Select(row => $"{left.Id}-{row.Id} @{end}"));
        }
    }

    private static (List<string> Rows, HashSet<long> Late) Run(
        Scenario scenario, int[] parallelisms, Func<JoinedStreams<int, Row, Row>, TimedJoin<int, Row, Row>> condition)
    {
        MovedRun<string> run = MovingJob<string>.Run(
            scenario,
            (left, right) =>
            {
                JoinStream<Row, Row, string> rows = condition(Keyed(left).Join(Keyed(right)))
                    .LeftOuter((l, r) => $"{l.Id}-{r.Id}", l => $"{l.Id}-", "join");
                return rows.Union(rows.LateLeft.Map(row => $"late {row.Id}"), rows.LateRight.Map(row => $"late {row.Id}"));
            },
            parallelisms);
        HashSet<long> late = [.. run.Rows.Select(row => row.Row).Where(IsLate).Select(row => long.Parse(row[5..], CultureInfo.InvariantCulture))];
        return ([.. run.Sorted.Where(row => !IsLate(row))], late);
    }

    private static bool IsLate(string row) => row.StartsWith("late ", StringComparison.Ordinal);

    private static KeyedStream<Row, int> Keyed(Stream<Event> events) => events.Map<Row>(row => (row.Id, row.Key, row.Time)).KeyBy(row => row.Key);

    private static void Holds(Func<SeededRandom, int, Scenario> generate, Action<Scenario> check) =>
        Property.Holds(generate, Scenario.Shrink, Cases, check);

    private static Scenario Shuffled(SeededRandom random, int size) => new ScenarioMaker(random, Math.Min(size, 60)).Shuffled();

    private static Scenario Anything(SeededRandom random, int size) => random.Next(3) switch
    {
        0 => new ScenarioMaker(random, Math.Min(size, 60)).Shuffled(),
        1 => new ScenarioMaker(random, Math.Min(size, 60)).Disordered(),
        _ => new ScenarioMaker(random, size).Idle(ManualTime.DefaultStart.ToUnixTimeMilliseconds(), 1 + random.Next(4)),
    };
}
