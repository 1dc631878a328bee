using System.Globalization;
using System.Text.Json.Nodes;
using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.State;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>
/// What is shown of a key is what its rows make of it, whenever it is asked for, at any parallelism, with any backend, and after the job was moved.
/// Asking changes no result.
/// </summary>
public sealed class StateReadProperties
{
    private const int Cases = 25;
    private const int Keys = 5;
    private const long Size = 100;
    private const long Slide = 50;

    [Fact]
    public void The_state_of_each_key_is_that_of_an_oracle() => Property.Holds(Any, Shrink, Cases, Check);

    private static Case Any(SeededRandom random, int size)
    {
        List<Step> steps = [];
        for (int i = 0; i < size; i++)
        {
            steps.Add(random.Next(10) switch
            {
                < 6 => new Step(StepKind.Row, random.Next(Keys), random.Next(3 * (int)Size) + (i * 5)),
                < 9 => new Step(StepKind.Ask, random.Next(Keys), 0),
                _ => new Step(StepKind.Move, 1 + random.Next(4), 0),
            });
        }

        return new Case([.. steps], 1 + random.Next(4), (ulong)random.Next(int.MaxValue));
    }

    private static IEnumerable<Case> Shrink(Case one)
    {
        for (int i = 0; i < one.Steps.Length; i++)
        {
            yield return one with { Steps = [.. one.Steps[..i], .. one.Steps[(i + 1)..]] };
        }
    }

    private static void Check(Case one)
    {
        HarnessSource<Sale> source = new();
        HarnessSink<string> sums = new();
        HarnessSink<string> windows = new();
        SeededRandom random = new(one.Seed);
        using JobHarness job = new(
            builder =>
            {
                KeyedStream<Sale, int> keyed = builder.Source("sales", source)
                    .Watermarks(new WatermarkStrategy<Sale> { OutOfOrderness = TimeSpan.FromMilliseconds(2 * Size) }).KeyBy(sale => sale.Key);
                keyed.Process(() => new Summing(), "sums").To("sums out", sums);
                keyed.Window(Sliding.Of(TimeSpan.FromMilliseconds(Size), TimeSpan.FromMilliseconds(Slide))).OnePhase().Named("windows")
                    .Aggregate(w => w.Count()).Map(result => "").To("windows out", windows);
            },
            one.Parallelism,
            one.Seed,
            services: Backends.Any(random));
        List<Sale> rows = [];
        foreach (Step step in one.Steps)
        {
            switch (step.Kind)
            {
                case StepKind.Row:
                    rows.Add(new Sale(step.Value, step.Time));
                    source.Push(rows[^1], step.Time);
                    break;
                case StepKind.Move:
                    job.Run();
                    job.Rescale(step.Value);
                    break;
                default:
                    job.Run();
                    CheckKey(job, step.Value, rows);
                    break;
            }
        }

        job.Run();
        for (int key = 0; key <= Keys; key++)
        {
            CheckKey(job, key, rows);
        }

        Assert.Equal(rows.Count, sums.Rows.Count);
    }

    private static void CheckKey(JobHarness job, int key, List<Sale> rows)
    {
        Sale[] own = [.. rows.Where(row => row.Key == key)];
        JsonNode state = JsonNode.Parse(job.ReadState("sums", key.ToString(CultureInfo.InvariantCulture)))!;
        JsonArray states = state["states"]!.AsArray();
        Assert.Equal(own.Length > 0 ? own.Sum(row => row.Time) : null, (long?)states[0]!["value"]);
        Assert.Equal(own.Select(row => row.Time), states[1]!["values"]!.AsArray().Select(value => (long)value!));
        Assert.Equal(
            own.CountBy(row => row.Time).OrderBy(pair => pair.Key).Select(pair => (pair.Key, pair.Value)),
            states[2]!["entries"]!.AsArray().Select(entry => ((long)entry!["key"]!, (int)entry["value"]!)).Order());

        // With one source the watermark is two sizes behind the latest row, as it was when each row came.
        JsonNode shown = JsonNode.Parse(job.ReadState("windows", key.ToString(CultureInfo.InvariantCulture)))!;
        Assert.Equal(
            OpenWindows(key, rows),
            (shown["windows"]?.AsArray() ?? []).Select(window => ((string)window!["end"]!, (long)window["value"]!, (bool)window["fired"]!)));
    }

    private static IEnumerable<(string End, long Count, bool Fired)> OpenWindows(int key, List<Sale> rows)
    {
        SortedDictionary<long, long> counts = [];
        long latest = long.MinValue;
        foreach (Sale row in rows)
        {
            long passed = latest == long.MinValue ? long.MinValue : latest - (2 * Size) - 1;
            for (long end = ((row.Time / Slide) + 1) * Slide; end <= (row.Time / Slide * Slide) + Size && row.Key == key; end += Slide)
            {
                if (passed < end - 1)
                {
                    counts[end] = counts.GetValueOrDefault(end) + 1;
                }
            }

            latest = Math.Max(latest, row.Time);
        }

        long now = latest - (2 * Size) - 1;
        return counts.Where(window => window.Key - 1 > now).Select(window => (new EventTime(window.Key).ToString(), window.Value, false));
    }

    private enum StepKind
    {
        Row,
        Ask,
        Move,
    }

    private sealed record Step(StepKind Kind, int Value, long Time);

    private sealed record Case(Step[] Steps, int Parallelism, ulong Seed)
    {
        public override string ToString() => $"parallelism {Parallelism}, seed {Seed}: {string.Join("; ", Steps.AsEnumerable())}";
    }

    private sealed class Summing : KeyedProcessFunction<int, Sale, string>
    {
        private ValueState<long> _sum = null!;
        private ListState<long> _all = null!;
        private MapState<long, int> _counts = null!;

        public override void Open(KeyedStateContext state)
        {
            _sum = state.Value<long>("sum");
            _all = state.List<long>("all");
            _counts = state.Map<long, int>("counts");
        }

        public override void Process(in Sale row, KeyedContext<int, string> context)
        {
            _sum.Value += row.Time;
            _all.Add(row.Time);
            _counts.Set(row.Time, _counts.TryGet(row.Time, out int before) ? before + 1 : 1);
            context.Emit("");
        }
    }
}
