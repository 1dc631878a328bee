using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>A scenario with some kinds of window over it.</summary>
/// <param name="Scenario">The rows.</param>
/// <param name="Kinds">The windows.</param>
internal sealed record AlignedCase(Scenario Scenario, IReadOnlyList<AlignedWindows> Kinds)
{
    /// <summary>One to three kinds of windows, whose sizes may be multiples of each other.</summary>
    public static AlignedCase Of(Scenario scenario, SeededRandom random)
    {
        HashSet<AlignedWindows> kinds = [];
        int count = 1 + random.Next(3);
        while (kinds.Count < count)
        {
            TimeSpan unit = Milliseconds(Math.Max(1, scenario.Size / (1 + random.Next(3))));
            TimeSpan offset = random.Next(2) == 0
                ? TimeSpan.Zero
                : Milliseconds(random.Next((int)unit.TotalMilliseconds) * (random.Next(2) == 0 ? 1 : -1));
            kinds.Add(random.Next(3) switch
            {
                0 => Tumbling.Of(unit, offset),
                1 => Sliding.Of(
                    (unit * (1 + random.Next(5))) + Milliseconds(random.Next(2) == 0 ? 0 : random.Next(MaxRemainder(unit, random))), unit, offset),
                _ => Cumulating.Of(unit * (1 + random.Next(5)), unit, offset),
            });
        }

        return new AlignedCase(scenario, [.. kinds]);
    }

    /// <summary>The results of a row-by-row reference implementation.</summary>
    public List<string> Reference(IEnumerable<(int Key, long Id, long Time)> rows)
    {
        Dictionary<(int Index, Window Window, int Key), (long Count, long Sum)> windows = [];
        foreach ((int key, long id, long time) in rows)
        {
            for (int index = 0; index < Kinds.Count; index++)
            {
                foreach (Window window in WindowsOf(Kinds[index], time))
                {
                    (long count, long sum) = windows.GetValueOrDefault((index, window, key));
                    windows[(index, window, key)] = (count + 1, sum + (id * id));
                }
            }
        }

        return [.. windows.Select(pair => $"{pair.Key.Index} {pair.Key.Window} {pair.Key.Key}: {pair.Value}").Order(StringComparer.Ordinal)];
    }

    /// <summary>All windows that a time falls into, found one by one.</summary>
    public static IEnumerable<Window> WindowsOf(AlignedWindows kind, long time)
    {
        (long size, long distance, long offset) = kind switch
        {
            Tumbling tumbling => (tumbling.SizeMilliseconds, tumbling.SizeMilliseconds, tumbling.OffsetMilliseconds),
            Sliding sliding => (sliding.SizeMilliseconds, sliding.SlideMilliseconds, sliding.OffsetMilliseconds),
            Cumulating cumulating => (cumulating.MaxSizeMilliseconds, cumulating.MaxSizeMilliseconds, cumulating.OffsetMilliseconds),
            _ => throw new InvalidOperationException($"{kind}"),
        };
        for (long start = offset + ((long)Math.Floor((time - offset) / (decimal)distance) * distance); start + size > time; start -= distance)
        {
            long step = kind is Cumulating growing ? growing.StepMilliseconds : size;
            for (long end = start + step; end <= start + size; end += step)
            {
                if (time < end)
                {
                    yield return new Window(new EventTime(start), new EventTime(end));
                }
            }
        }
    }

    public static IEnumerable<AlignedCase> Shrink(AlignedCase one)
    {
        if (one.Kinds.Count > 1)
        {
            for (int i = 0; i < one.Kinds.Count; i++)
            {
                yield return one with { Kinds = [.. one.Kinds.Where((_, index) => index != i)] };
            }
        }

        foreach (Scenario scenario in Scenario.Shrink(one.Scenario))
        {
            yield return one with { Scenario = scenario };
        }
    }

    public override string ToString() => $"{string.Join(", ", Kinds)}\n{Scenario}";

    // A row may be in up to 1,005 windows. Most cases have at most 25, since the reference visits each one.
    private static int MaxRemainder(TimeSpan unit, SeededRandom random) =>
        random.Next(32) == 0 ? 1_000 : (int)Math.Min(1_000, 20 * unit.TotalMilliseconds);

    private static TimeSpan Milliseconds(long milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
