using QueryStream.Core;
using QueryStream.Core.Time;
using QueryStream.Runtime.Tests.Async;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Calls that complete in any order, after errors or never. A second branch without calls is joined with the results.</summary>
public sealed class AsyncProperties
{
    public static TheoryData<int[]> All => Parallelisms.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Every_row_has_one_answer_in_order_with_watermarks_wherever_the_job_moves(int[] parallelisms) =>
        Property.Holds((random, size) => new ScenarioMaker(random, size).Shuffled(), Scenario.Shrink, 30, scenario => Check(scenario, parallelisms));

    private static void Check(Scenario scenario, int[] parallelisms)
    {
        SeededRandom random = new(scenario.Seed);
        ManualCalls<long, long> calls = new();
        Dictionary<long, int> asked = [];
        AsyncOptions options = new()
        {
            IsOrdered = random.Next(2) == 0,
            InFlight = 1 + random.Next(10),
            Retries = 1,
            RetryDelay = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(100),
            Timeout = null,
        };
        MovedRun<string> run = MovingJob<string>.Run(
            scenario,
            (left, right) => Define(left.Union(right), calls, options),
            parallelisms,
            _ =>
            {
                for (int i = random.Next(4); i > 0 && calls.Pending.Count > 0; i--)
                {
                    calls.CompleteAt(random.Next(calls.Pending.Count), id => (id, Failure(id, asked)));
                }
            });
        Assert.Equal(
            scenario.Events.Select(row => $"{row.Id}: {(row.Id % 5 == 4 ? 0 : 1)} answers, 2 others").Order(StringComparer.Ordinal),
            run.Rows.Select(row => row.Row).Order(StringComparer.Ordinal));
    }

    private static Stream<string> Define(Stream<Event> all, ManualCalls<long, long> calls, AsyncOptions options)
    {
        Stream<Event> rows = all.Rebalance().Filter(_ => true);
        OperatorStream<long> answers = rows.Map(row => row.Id).MapAsync(calls.CallAsync, options, "ask").OnError(ErrorPolicy.Skip);
        OperatorStream<long> twice = rows.FlatMap<long>((row, emit) =>
        {
            emit(row.Id);
            emit(row.Id);
        });
        Stream<(long Id, bool IsAnswer)> both = answers.Connect(twice).Process(() => new Watch(), "watch");
        return both.KeyBy(row => row.Id).Process(() => new Counting(), "counting");
    }

    // One call in five never completes, another one at its second attempt.
    private static Exception? Failure(long id, Dictionary<long, int> asked)
    {
        int attempts = asked[id] = asked.GetValueOrDefault(id) + 1;
        return id % 5 == 4 || (id % 5 == 3 && attempts % 2 == 1) ? new TestFailure() : null;
    }

    private sealed class Watch : CoProcessFunction<long, long, (long, bool)>
    {
        public override void ProcessLeft(in long row, ProcessContext<(long, bool)> context)
        {
            Assert.True(context.Time > context.Watermark, $"The answer of {row} has been overtaken by a watermark.");
            context.Emit((row, true));
        }

        public override void ProcessRight(in long row, ProcessContext<(long, bool)> context)
        {
            Assert.True(context.Time > context.Watermark);
            context.Emit((row, false));
        }
    }

    // Emitted only at the end, so that a row counts once although a sink may receive it twice around a snapshot.
    private sealed class Counting : KeyedProcessFunction<long, (long Id, bool IsAnswer), string>
    {
        private ValueState<(int Answers, int Others)> _counts = null!;

        public override void Open(KeyedStateContext state) => _counts = state.Value<(int, int)>("counts");

        public override void Process(in (long Id, bool IsAnswer) row, KeyedContext<long, string> context)
        {
            (int answers, int others) = _counts.Value;
            _counts.Value = (answers + (row.IsAnswer ? 1 : 0), others + (row.IsAnswer ? 0 : 1));
            context.SetTimer(EventTime.MaxValue);
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<long, string> context) =>
            context.Emit($"{context.Key}: {_counts.Value.Answers} answers, {_counts.Value.Others} others");
    }
}
