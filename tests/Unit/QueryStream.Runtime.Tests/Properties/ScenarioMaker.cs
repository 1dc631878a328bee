using QueryStream.Core;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>
/// Generates scenarios with skewed keys, equal times, rows at the edges of windows, gaps, times before the epoch, and empty splits.
/// </summary>
internal sealed class ScenarioMaker(SeededRandom random, int size)
{
    private const int MaxSplits = 5;

    /// <summary>Shuffles the rows of each split within the out-of-orderness, so that none may be late.</summary>
    public Scenario Shuffled()
    {
        Scenario scenario = Frame();
        List<Step>[] splits = [.. Enumerable.Range(0, scenario.Splits).Select(split => ShuffledSplit(scenario, split))];
        return scenario with { Steps = [.. Interleaved(splits)] };
    }

    /// <summary>Rows in any order.</summary>
    public Scenario Disordered()
    {
        Scenario scenario = Frame();
        List<Step>[] splits = [.. Enumerable.Range(0, scenario.Splits).Select(split => DisorderedSplit(scenario, split))];
        return scenario with { Steps = [.. Interleaved(splits)] };
    }

    /// <summary>Splits that fall silent and resume, with outages. Event times are near the clock.</summary>
    /// <param name="clock">The start of the clock.</param>
    /// <param name="splits">The number of splits.</param>
    public Scenario Idle(long clock, int splits)
    {
        Scenario scenario = Frame() with { Splits = splits, Size = 1_000 + random.Next(4_000) };
        List<Step> steps = [];
        long time = clock;
        while (steps.Count < size * 4)
        {
            bool[] answers = [.. Enumerable.Range(0, splits).Select(_ => random.Next(4) > 0)];
            int span = random.Next(random.Next(2) == 0 ? 10 : 60);
            for (int i = 0; i < span; i++)
            {
                AddMoment(steps, answers, ref time);
            }

            int rows = random.Next(6);
            for (int i = 0; i < rows; i++)
            {
                steps.Add(new Step(StepKind.Row, random.Next(splits), Key(), time - random.Next(random.Next(3) == 0 ? 60_000 : 3_000)));
                steps.Add(Pause());
            }
        }

        return scenario with { Steps = steps };
    }

    private void AddMoment(List<Step> steps, bool[] answers, ref long time)
    {
        int passed = 100 + random.Next(500);
        time += passed;
        steps.Add(new Step(StepKind.Clock, Value: passed));
        for (int split = 0; split < answers.Length; split++)
        {
            if (answers[split])
            {
                steps.Add(new Step(StepKind.Proof, split));
            }
        }

        steps.Add(Pause());
    }

    private Step Pause() => random.Next(4) == 0 ? new Step(StepKind.Rest) : new Step(StepKind.Turns, Value: random.Next(8));

    private Scenario Frame() => new()
    {
        Splits = 1 + random.Next(MaxSplits),
        Size = 1 + random.Next(random.Next(2) == 0 ? 10 : 5_000),
        OutOfOrderness = random.Next(3) == 0 ? 0 : random.Next(3_000),
        Lateness = random.Next(2) == 0 ? 0 : random.Next(10_000),
        Early = random.Next(2) == 0 ? null : 100 + random.Next(3_000),
        ElementsPerPoll = 1 + random.Next(random.Next(2) == 0 ? 1 : 100),
        Seed = random.Next(),
    };

    private List<Step> ShuffledSplit(Scenario scenario, int split)
    {
        List<(long Arrival, Step Step)> rows = [];
        foreach (long time in Times(scenario.Size))
        {
            // A row that arrives after another is older by the out-of-orderness at most.
            long arrival = time + random.Next((int)scenario.OutOfOrderness + 1);
            rows.Add((arrival, new Step(StepKind.Row, split, Key(), time)));
        }

        return [.. rows.OrderBy(row => row.Arrival).Select(row => row.Step)];
    }

    private List<Step> DisorderedSplit(Scenario scenario, int split)
    {
        long[] times = [.. Times(scenario.Size)];
        List<Step> rows = [];
        for (int i = 0; i < times.Length; i++)
        {
            long time = random.Next(4) == 0 ? times[random.Next(times.Length)] : times[i];
            rows.Add(new Step(StepKind.Row, split, Key(), time));
        }

        return rows;
    }

    private IEnumerable<long> Times(long window)
    {
        long time = random.Next(3) switch
        {
            0 => 0,
            1 => -random.Next(1_000_000),
            _ => random.Next(1_000_000_000) * 1_000L,
        };
        int rows = random.Next(5) == 0 ? 0 : random.Next(size * 4);
        for (int i = 0; i < rows; i++)
        {
            time = random.Next(20) switch
            {
                < 5 => time,
                < 8 => NextEdge(time, window),
                < 9 => NextEdge(time, window) - 1,
                < 10 => random.Next(10) == 0 ? time + random.Next(1_000_000_000) : time,
                _ => time + random.Next(500),
            };
            yield return time;
        }
    }

    private static long NextEdge(long time, long window) => time + window - (((time % window) + window) % window);

    private int Key() => random.Next(10) switch
    {
        < 6 => 0,
        < 9 => random.Next(20),
        _ => random.Next(1_000_000),
    };

    private IEnumerable<Step> Interleaved(List<Step>[] splits)
    {
        int[] taken = new int[splits.Length];
        List<int> left = [.. Enumerable.Range(0, splits.Length).Where(split => splits[split].Count > 0)];
        while (left.Count > 0)
        {
            // Occasional runs of one split, so that others lag far behind.
            int split = left[random.Next(left.Count)];
            int run = random.Next(4) == 0 ? random.Next(50) : 1;
            for (int i = 0; i < run && taken[split] < splits[split].Count; i++)
            {
                yield return splits[split][taken[split]++];
            }

            if (taken[split] == splits[split].Count)
            {
                left.Remove(split);
            }

            if (random.Next(3) == 0)
            {
                yield return random.Next(4) switch
                {
                    0 => new Step(StepKind.Rest),
                    1 => new Step(StepKind.Clock, Value: random.Next(2_000)),
                    _ => new Step(StepKind.Turns, Value: random.Next(10)),
                };
            }
        }
    }
}
