using System.Globalization;
using QueryStream.Core;
using QueryStream.Runtime.Tests.Jobs;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>Functions without windows give the same results as plain loops, at every parallelism and when moved.</summary>
public sealed class FunctionProperties
{
    private const int Cases = 30;

    public static TheoryData<int[]> All => Parallelisms.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Rows_go_through_each_function_once_and_those_that_fail_become_dead_letters(int[] parallelisms) => Holds(scenario =>
    {
        MovedRun<string> run = MovingJob<string>.Run(scenario, ThroughEverything, parallelisms);
        List<string> expected = [];
        foreach (Event row in scenario.Events.Where(row => row.Id % 7 != 6))
        {
            expected.Add(row.Id % 5 == 4 ? $"letter {row.Id} @{row.Time}" : $"a {row.Id} @{row.Time}");
            if (row.Id % 5 != 4)
            {
                expected.Add($"b {row.Id} @{row.Time}");
            }
        }

        Assert.Equal(expected.Order(StringComparer.Ordinal), run.Sorted);
        Assert.Equal(scenario.Events.Count(row => row.Id % 7 != 6 && row.Id % 5 == 4), run.DeadLetters);
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_function_over_two_streams_with_a_key_counts_what_each_key_has_had(int[] parallelisms) => Holds(scenario =>
    {
        MovedRun<string> run = MovingJob<string>.Run(
            scenario,
            (left, right) => left.KeyBy(row => row.Key).Connect(right.KeyBy(row => row.Key)).Process(() => new Counting(), "counting"),
            parallelisms);
        Assert.Equal(CountsOf(scenario), Counts(run));
    });

    [Theory]
    [MemberData(nameof(All))]
    public void A_function_over_two_streams_without_a_key_sees_every_row_of_both(int[] parallelisms) => Holds(scenario =>
    {
        MovedRun<string> run = MovingJob<string>.Run(
            scenario, (left, right) => left.Rebalance().Connect(right).Process(() => new Sides(), "sides"), parallelisms);
        Assert.Equal(
            scenario.Events.Select(row => $"{(row.Split % 2 == 0 ? "left" : "right")} {row.Id} @{row.Time}").Order(StringComparer.Ordinal),
            run.Sorted.Where(row => !row.StartsWith("held", StringComparison.Ordinal)));

        // At the end the subtasks hold each row exactly once.
        Assert.Equal(
            scenario.Events.Select(row => row.Id),
            run.Rows.Where(row => row.Row.StartsWith("held", StringComparison.Ordinal))
                .SelectMany(row => row.Row.Split(' ').Skip(1).Select(long.Parse)).Order());
    });

    [Theory]
    [MemberData(nameof(All))]
    public void Broadcast_rows_are_remembered_by_every_subtask_in_the_same_way(int[] parallelisms) => Holds(scenario =>
    {
        MovedRun<string> run = MovingJob<string>.Run(
            scenario, (left, right) => left.Connect(right.Broadcast()).Process(() => new Remembering(), "remembering"), parallelisms);
        string expected = string.Join(' ', scenario.Events.Where(row => row.Split % 2 == 1).Select(row => row.Key).Distinct().Order());
        string[] atEnd = [.. run.Rows.Select(row => row.Row).Where(row => row.StartsWith("all:", StringComparison.Ordinal))];
        Assert.Equal(Enumerable.Repeat($"all:{expected}", parallelisms[^1]), atEnd);
        Assert.Equal(
            scenario.Events.Where(row => row.Split % 2 == 0).Select(row => row.Id),
            run.Rows.Select(row => row.Row).Where(row => !row.StartsWith("all:", StringComparison.Ordinal)).Select(long.Parse).Order());
    });

    private static Stream<string> ThroughEverything(Stream<Event> left, Stream<Event> right)
    {
        OperatorStream<Event> some = left.Union(right).Filter(row => row.Id % 7 == 6 ? false : row.Id % 5 == 4 ? throw new TestFailure() : true)
            .OnError(ErrorPolicy.DeadLetter);
        Stream<string> letters = some.Errors.Map(letter => "letter " + IdOf(System.Text.Encoding.UTF8.GetString(letter.Value!)));
        Stream<string> two = some.Map(row => row.Id).PartitionBy((id, subtasks) => (int)(id % subtasks)).FlatMap<string>((id, emit) =>
        {
            emit($"a {id}");
            emit($"b {id}");
        });
        return two.Rebalance().Union(letters).Map(row => row);
    }

    private static string IdOf(string text) =>
        text[(text.IndexOf("Id = ", StringComparison.Ordinal) + 5)..text.IndexOf(',', StringComparison.Ordinal)];

    private static SortedDictionary<int, int> CountsOf(Scenario scenario) => new(scenario.Events.CountBy(row => row.Key).ToDictionary());

    // The last count of each key is the number of its rows, and each count from 1 is emitted once.
    private static SortedDictionary<int, int> Counts(MovedRun<string> run)
    {
        (int Key, int Count)[] said =
        [
            .. run.Rows.Select(row => row.Row.Split(' '))
                .Select(parts => (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture))),
        ];
        Assert.Equal(said.Length, said.Distinct().Count());
        return new SortedDictionary<int, int>(said.GroupBy(one => one.Key).ToDictionary(one => one.Key, one => one.Max(each => each.Count)));
    }

    private static void Holds(Action<Scenario> check) => Property.Holds(
        (random, size) => Any(random, size), Scenario.Shrink, Cases, check);

    private static Scenario Any(SeededRandom random, int size) => random.Next(3) switch
    {
        0 => new ScenarioMaker(random, size).Shuffled(),
        1 => new ScenarioMaker(random, size).Disordered(),
        _ => new ScenarioMaker(random, size).Idle(ManualTime.DefaultStart.ToUnixTimeMilliseconds(), 1 + random.Next(4)),
    };

    private sealed class Counting : KeyedCoProcessFunction<int, Event, Event, string>
    {
        private ValueState<int> _count = null!;

        public override void Open(KeyedStateContext state) => _count = state.Value<int>("count");

        public override void ProcessLeft(in Event row, KeyedContext<int, string> context) => Count(context);

        public override void ProcessRight(in Event row, KeyedContext<int, string> context) => Count(context);

        private void Count(KeyedContext<int, string> context) => context.Emit($"{context.Key} {++_count.Value}");
    }

    private sealed class Sides : CoProcessFunction<Event, Event, string>
    {
        private OperatorListState<long> _ids = null!;

        public override void Open(OperatorStateContext state) => _ids = state.List<long>("ids");

        public override void ProcessLeft(in Event row, ProcessContext<string> context)
        {
            _ids.Add(row.Id);
            context.Emit($"left {row.Id}");
        }

        public override void ProcessRight(in Event row, ProcessContext<string> context)
        {
            _ids.Add(row.Id);
            context.Emit($"right {row.Id}");
        }

        public override void OnEnd(ProcessContext<string> context)
        {
            if (_ids.Count > 0)
            {
                context.Emit($"held {string.Join(' ', _ids.Values.ToArray())}");
            }
        }
    }

    private sealed class Remembering : BroadcastProcessFunction<Event, Event, string>
    {
        private BroadcastState<int, long> _keys = null!;

        public override void Open(BroadcastStateContext state) => _keys = state.Broadcast<int, long>("keys");

        public override void Process(in Event row, ProcessContext<string> context) => context.Emit($"{row.Id}");

        public override void ProcessBroadcast(in Event row, ProcessContext<string> context) => _keys.Set(row.Key, row.Id);

        public override void OnEnd(ProcessContext<string> context) =>
            context.Emit($"all:{string.Join(' ', _keys.Entries.Select(entry => entry.Key).Order())}");
    }
}
