using QueryStream.Checkpoints.Snapshots;
using QueryStream.Runtime.Tests.Async;
using QueryStream.Runtime.Tests.Properties;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Joins;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>
/// What snapshots say of the rows of each operator. That all rows are accounted for is checked by <see cref="JobHarness"/> in every snapshot of every
/// test; here are the numbers themselves.
/// </summary>
public sealed class LedgerTests
{
    private static readonly SideOutput<long> Odd = new("odd");

    public static TheoryData<int[]> Moves => new([[1], [1, 3, 2], [3, 1, 7, 2]]);

    [Theory]
    [MemberData(nameof(Moves))]
    public void Rows_are_counted_from_the_first_start_over_all_restores_and_parallelisms(int[] parallelisms) => Property.Holds(
        (random, size) => new ScenarioMaker(random, size).Disordered(), Scenario.Shrink, 20, scenario => CheckRows(scenario, parallelisms));

    [Theory]
    [MemberData(nameof(Moves))]
    public void What_both_phases_of_a_window_and_a_join_take_or_find_too_late_is_all_that_came(int[] parallelisms) => Property.Holds(
        (random, size) => new ScenarioMaker(random, size).Disordered(), Scenario.Shrink, 20, scenario => CheckWindows(scenario, parallelisms));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Rows_that_wait_for_an_answer_are_held_until_it_is_emitted_by_whichever_subtask_restores_them(int before, int after)
    {
        HarnessSource<int> source = new(splits: 3);
        ManualCalls<int, int> calls = new();
        HarnessSink<int> sink = new();
        AsyncOptions options = new() { InFlight = 100, Timeout = null };
        void Define(StreamBuilder builder) =>
            builder.Source("rows", source).MapAsync(calls.CallAsync, options, "ask").OnError(ErrorPolicy.Skip).To("sink", sink);
        HarnessSnapshot snapshot;
        OperatorLedger expected = new(default, default, "") { PassesRows = true, RowsIn = 30 };
        using (JobHarness job = new(Define, before) { IsPinned = true })
        {
            for (int row = 0; row < 30; row++)
            {
                source.Push(row, row, row % 3);
            }

            job.Run();
            Complete(calls, job, 18);
            int answered = sink.Rows.Count;
            Assert.InRange(answered, 1, 18);
            snapshot = job.Snapshot();
            expected = expected with { RowsOut = answered, Absorbed = 30 - answered };
            AssertLedger(snapshot, "ask", expected);
        }

        // The calls of the first attempt were cancelled; their rows are asked for again.
        using JobHarness restored = JobHarness.Restore(Define, snapshot, after);
        restored.IsPinned = true;
        AssertLedger(restored.Snapshot(), "ask", expected);
        Assert.Equal(expected.Absorbed, calls.Pending.Count);
        calls.Fail(calls.Pending[0], new InvalidOperationException("no answer"));
        Complete(calls, restored, calls.Pending.Count);
        AssertLedger(restored.Snapshot(), "ask", expected with { RowsOut = 29, DeadLettered = 1, Absorbed = 0 });
    }

    [Fact]
    public void A_task_that_had_ended_keeps_its_counts_and_no_other_adds_to_them()
    {
        HarnessSource<int> ended = new();
        HarnessSource<int> open = new();
        HarnessSink<int> sink = new();
        void Define(StreamBuilder builder)
        {
            builder.Source("ended", ended).Filter(row => row % 2 == 0).To("even", sink);
            builder.Source("open", open).To("open", sink);
        }

        HarnessSnapshot snapshot;
        using (JobHarness job = new(Define, 2) { IsPinned = true })
        {
            for (int row = 0; row < 10; row++)
            {
                ended.Push(row, row);
            }

            ended.EndAll();
            job.Run();
            snapshot = job.Snapshot();
        }

        OperatorLedger expected = new(default, default, "") { PassesRows = true, RowsIn = 10, RowsOut = 5, Filtered = 5 };
        AssertLedger(snapshot, "Filter", expected);
        foreach (int parallelism in (int[])[2, 3, 1])
        {
            using JobHarness restored = JobHarness.Restore(Define, snapshot, parallelism);
            restored.IsPinned = true;
            snapshot = restored.Snapshot();
            AssertLedger(snapshot, "Filter", expected);
        }
    }

    [Fact]
    public void An_operator_that_passed_no_rows_and_now_does_begins_anew()
    {
        HarnessSource<int> source = new();
        HarnessSink<int> sink = new();
        HarnessSnapshot snapshot;
        using (JobHarness job = new(builder => builder.Source("rows", source).Process(() => new Twice(), "step").To("sink", sink)))
        {
            job.IsPinned = true;
            source.Push(1, 1);
            job.Run();
            snapshot = job.Snapshot();
            AssertLedger(snapshot, "step", new OperatorLedger(default, default, "") { RowsIn = 1, RowsOut = 2, Absorbed = 1 });
        }

        using JobHarness changed = JobHarness.Restore(
            builder => builder.Source("rows", source).MapAsync((row, _) => Task.FromResult(row), name: "step").To("sink", sink), snapshot);
        changed.IsPinned = true;
        source.Push(2, 2);
        changed.Run();
        AssertLedger(changed.Snapshot(), "step", new OperatorLedger(default, default, "") { PassesRows = true, RowsIn = 1, RowsOut = 1 });
    }

    [Fact]
    public void A_harness_reports_a_ledger_in_which_rows_are_missing()
    {
        HarnessSource<int> source = new();
        HarnessSink<int> sink = new();
        void Define(StreamBuilder builder) => builder.Source("rows", source).Map(row => row).To("sink", sink);
        HarnessSnapshot snapshot;
        using (JobHarness job = new(Define) { IsPinned = true })
        {
            source.Push(1, 1);
            job.Run();
            snapshot = job.Snapshot();
        }

        JobSnapshot state = snapshot.State;
        OperatorLedger[] lost = [.. state.Ledger.Select(part => part.Name == "Map" ? part with { RowsOut = 0 } : part)];
        JobHarness restored = JobHarness.Restore(
            Define, snapshot with { State = new JobSnapshot(state.Checkpoint, state.KeyGroups, state.Progress, state.Operators, lost) });
        restored.IsPinned = true;
        restored.Snapshot();
        Assert.Contains("1 missing", Assert.Throws<InvalidOperationException>(restored.Dispose).Message, StringComparison.Ordinal);
    }

    private static void CheckRows(Scenario scenario, int[] parallelisms)
    {
        MovedRun<long> run = MovingJob<long>.Run(scenario, DefineRows, parallelisms);
        long[] ids = [.. scenario.Events.Select(row => row.Id)];
        long[] mapped = [.. ids.Where(id => id % 7 != 3)];
        long[] kept = [.. mapped.Where(id => id % 3 != 0)];
        Assert.Equal(ids.Length, Of(run, "Source: left").RowsIn + Of(run, "Source: right").RowsIn);
        AssertRows(Of(run, "Map"), rowsIn: ids.Length, rowsOut: mapped.Length, deadLettered: ids.Length - mapped.Length);
        AssertRows(Of(run, "Filter"), rowsIn: mapped.Length, rowsOut: kept.Length, filtered: mapped.Length - kept.Length);

        // It makes a row of each row, and two of each even one, on the side.
        int even = kept.Count(id => id % 2 == 0);
        AssertRows(Of(run, "FlatMap"), rowsIn: kept.Length, rowsOut: kept.Length + even, absorbed: kept.Length);
        AssertRows(Of(run, "split"), rowsIn: kept.Length + even, rowsOut: kept.Length + even, absorbed: kept.Length + even);
        AssertRows(Of(run, "twice"), rowsIn: kept.Length + even, rowsOut: 2 * (kept.Length + even), absorbed: kept.Length + even);
        AssertRows(Of(run, "Sink: results"), rowsIn: run.Rows.Count, absorbed: run.Rows.Count);
        Assert.Equal(2 * (kept.Length + even), run.Rows.Count);
    }

    private static Stream<long> DefineRows(Stream<Event> left, Stream<Event> right)
    {
        ProcessStream<long> split = left.Union(right)
            .Map(row => row.Id % 7 == 3 ? throw new InvalidOperationException("three") : row.Id).OnError(ErrorPolicy.Skip)
            .Filter(id => id % 3 != 0)
            .FlatMap<long>((id, emit) =>
            {
                emit(id);
                if (id % 2 == 0)
                {
                    emit(-id);
                }
            })
            .Rebalance().Process(() => new Split(), "split");
        return split.Union(split.Side(Odd)).KeyBy(id => id % 10).Process(() => new KeyedTwice(), "twice");
    }

    private static void CheckWindows(Scenario scenario, int[] parallelisms)
    {
        MovedRun<string> run = MovingJob<string>.Run(scenario, (left, right) => DefineWindows(scenario, left, right), parallelisms);
        int rows = scenario.Events.Count;
        OperatorLedger[] windows = [.. run.Ledger.Where(part => part.Name.Contains("windows", StringComparison.Ordinal))];
        OperatorLedger first = Assert.Single(windows, part => part.RowsIn == rows && part.Late == 0 && part != windows[^1]);
        OperatorLedger second = Assert.Single(windows, part => part != first);
        AssertRows(first, rowsIn: rows, rowsOut: second.RowsIn, absorbed: rows);
        Assert.Equal(second.RowsIn, second.Absorbed + second.Late);
        OperatorLedger join = Of(run, "join");
        Assert.Equal(rows, join.RowsIn);
        Assert.Equal(rows, join.Absorbed + join.Late);
        OperatorLedger late = Of(run, "late");
        Assert.Equal(second.Late + join.Late, late.RowsIn);
    }

    private static Stream<string> DefineWindows(Scenario scenario, Stream<Event> left, Stream<Event> right)
    {
        WindowStream<Event, int, long> windows = scenario.Settings(
            left.Union(right).KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMilliseconds(scenario.Size)))).Aggregate(all => all.Count());
        JoinStream<Event, Event, string> join = left.KeyBy(row => row.Key).Join(right.KeyBy(row => row.Key))
            .Within(TimeSpan.Zero, TimeSpan.FromMilliseconds(scenario.Size)).Inner((one, other) => $"{one.Id} {other.Id}", "join");
        Stream<string> late = windows.Late.Union(join.LateLeft, join.LateRight).Process(() => new Texts(), "late");
        return windows.Map(result => $"{result.Key} {result.Value}").Union(join, late);
    }

    private static OperatorLedger Of<T>(MovedRun<T> run, string name) => Assert.Single(run.Ledger, part => part.Name == name);

    private static void AssertRows(
        OperatorLedger actual, long rowsIn, long rowsOut = 0, long filtered = 0, long late = 0, long deadLettered = 0, long absorbed = 0) =>
        Assert.Equal(
            (rowsIn, rowsOut, filtered, late, deadLettered, absorbed),
            (actual.RowsIn, actual.RowsOut, actual.Filtered, actual.Late, actual.DeadLettered, actual.Absorbed));

    private static void AssertLedger(HarnessSnapshot snapshot, string name, OperatorLedger expected)
    {
        OperatorLedger actual = Assert.Single(snapshot.State.Ledger, part => part.Name == name);
        Assert.Equal(expected, actual with { Operator = default, Vertex = default, Name = "" });
    }

    // In the order of the rows: the calls begin in any order, and the answers are emitted in that of the rows.
    private static void Complete(ManualCalls<int, int> calls, JobHarness job, int count)
    {
        for (int i = 0; i < count; i++)
        {
            calls.Answer(calls.Pending.Min(), 0);
            job.Run();
        }
    }

    private sealed class Split : ProcessFunction<long, long>
    {
        public override void Process(in long row, ProcessContext<long> context)
        {
            if (row % 2 == 0)
            {
                context.Emit(row);
            }
            else
            {
                context.Emit(Odd, row);
            }
        }
    }

    private sealed class Twice : ProcessFunction<int, int>
    {
        public override void Process(in int row, ProcessContext<int> context)
        {
            context.Emit(row);
            context.Emit(row);
        }
    }

    private sealed class KeyedTwice : KeyedProcessFunction<long, long, long>
    {
        public override void Process(in long row, KeyedContext<long, long> context)
        {
            context.Emit(row);
            context.Emit(row);
        }
    }

    private sealed class Texts : ProcessFunction<Event, string>
    {
        public override void Process(in Event row, ProcessContext<string> context) => context.Emit($"late {row.Id}");
    }
}
