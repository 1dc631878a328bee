using QueryStream.Core;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Properties;

public sealed class OperatorParallelismTests
{
    private const int Splits = 3;
    private const int Rows = 240;
    private const int Keys = 9;

    [Fact]
    public void Results_depend_on_no_parallelism_of_an_operator_nor_on_its_change_by_a_restore()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            new Trial(seed).Run();
        }
    }

    // Sources, chained operators, both phases of a window, a keyed function and sinks. Every attempt draws a new parallelism for each.
    private sealed class Trial(ulong seed)
    {
        private static readonly Tumbling Second = Tumbling.Of(TimeSpan.FromSeconds(1));

        private readonly SeededRandom _random = new(seed);
        private readonly HarnessSource<int> _numbers = new(Splits) { ElementsPerPoll = 4 };
        private readonly HarnessSink<WindowResult<int, long>> _sums = new();
        private readonly HarnessSink<Change<(int Key, int Count)>> _counts = new();

        public void Run()
        {
            using JobHarness job = new(Define, Draw(), seed) { IsPinned = true };
            for (int number = 0; number < Rows; number++)
            {
                _numbers.Push(number, time: number * 10, split: number % Splits);
                if (_random.Next(12) == 0)
                {
                    job.Run(_random.Next(60));
                }

                if (_random.Next(60) == 0)
                {
                    job.Run();
                    job.Rescale(Draw());
                }
            }

            _numbers.EndAll();
            job.Run();
            Assert.True(job.IsFinished, $"seed {seed}");
            Assert.Equal(ExpectedSums().Order(), _sums.Rows.Select(sum => (sum.Row.Key, sum.Row.Window.Start.Milliseconds, sum.Row.Value)).Order());
            Assert.Equal(ExpectedCounts().Order(), _counts.Rows.Select(count => (count.Row.Kind, count.Row.Row.Key, count.Row.Row.Count)).Order());
        }

        private void Define(StreamBuilder job)
        {
            Stream<int> numbers = job.Source("numbers", _numbers).Parallelism(Draw())
                .Watermarks(new WatermarkStrategy<int> { OutOfOrderness = TimeSpan.FromDays(1) })
                .Map(number => number).Parallelism(Draw())
                .Filter(number => number % 5 != 0).Parallelism(Draw());
            numbers.KeyBy(number => number % Keys).Window(Second).Named("sums").Aggregate(all => all.Sum(number => (long?)number))
                .Parallelism(Draw())
                .Map(sum => new WindowResult<int, long>(sum.Key, sum.Window, sum.Pane, sum.Value ?? 0)).Parallelism(Draw())
                .To("sums", _sums).Parallelism(Draw());
            numbers.KeyBy(number => number % Keys).Process(() => new Counter(), "counts").Parallelism(Draw())
                .To("counts", _counts).Parallelism(Draw());
        }

        private int Draw() => 1 + _random.Next(5);

        private static IEnumerable<int> Accepted => Enumerable.Range(0, Rows).Where(number => number % 5 != 0);

        private static IEnumerable<(int, long, long)> ExpectedSums() =>
            Accepted.GroupBy(number => (Key: number % Keys, Start: number * 10 / 1_000 * 1_000L))
            .Select(group => (group.Key.Key, group.Key.Start, group.Sum(number => (long)number)));

        // A changelog of counts: an insert for the first row of a key, an update for each other one.
        private static IEnumerable<(ChangeKind, int, int)> ExpectedCounts() => Accepted.GroupBy(number => number % Keys)
            .SelectMany(
                group => Enumerable.Range(1, group.Count())
                    .Select(count => (count == 1 ? ChangeKind.Insert : ChangeKind.UpdateAfter, group.Key, count)));
    }

    private sealed class Counter : KeyedProcessFunction<int, int, Change<(int Key, int Count)>>
    {
        private ValueState<int> _count = null!;

        public override void Open(KeyedStateContext state) => _count = state.Value<int>("count");

        public override void Process(in int row, KeyedContext<int, Change<(int Key, int Count)>> context)
        {
            _count.Value++;
            context.Emit(_count.Value == 1 ? Change.Insert((context.Key, 1)) : Change.UpdateAfter((context.Key, _count.Value)));
        }
    }
}
