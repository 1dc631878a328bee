using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>Tasks that had finished when a snapshot was taken stay finished in the restored job.</summary>
public sealed class FinishedTests
{
    private readonly HarnessSource<int> _first = new(splits: 2);
    private readonly HarnessSource<int> _second = new(splits: 2);
    private readonly HarnessSink<string> _sink = new();

    [Fact]
    public void A_subtask_that_has_ended_neither_runs_nor_ends_again()
    {
        using JobHarness job = new(Define, parallelism: 2) { IsPinned = true };
        _first.Push(1, time: 1, split: 0);
        _first.Push(2, time: 1, split: 1);
        _first.End(0);
        job.Run();
        Assert.Equal(["1", "2", "end of 1"], Take());
        for (int move = 0; move < 2; move++)
        {
            job.Rescale(2);
            Assert.Equal(3 + move, _first.Lifecycle.Opened);
            Assert.Empty(Take());
        }

        _first.Push(3, time: 2, split: 1);
        _first.End(1);
        _second.EndAll();
        job.Run();
        Assert.Equal(["3", "end of 0", "end of 0", "end of 1"], Take());
        Assert.True(job.IsFinished);
        AssertNoFailure(job);
    }

    [Fact]
    public void Rows_that_a_running_subtask_holds_are_not_handed_to_one_that_has_ended()
    {
        using JobHarness job = new(
            builder => builder.Source("first", _first).Process(() => new Holder(), "holder").To("sink", _sink), parallelism: 2)
        {
            IsPinned = true,
        };
        _first.End(0);
        for (int row = 0; row < 5; row++)
        {
            _first.Push(row, time: row, split: 1);
        }

        job.Run();
        Assert.Empty(Take());
        job.Rescale(2);
        job.Rescale(2);
        _first.End(1);
        job.Run();
        Assert.Equal(["0", "1", "2", "3", "4"], Take());
        Assert.True(job.IsFinished);
        AssertNoFailure(job);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(2, 2)]
    public void A_vertex_whose_subtasks_have_all_ended_stays_so_at_any_parallelism(int before, int after)
    {
        using JobHarness job = new(Define, before) { IsPinned = true };
        _first.Push(1, time: 1);
        _first.EndAll();
        job.Run();
        Take();
        int opened = _first.Lifecycle.Opened;
        job.Rescale(after);
        job.Rescale(before);
        _second.Push(5, time: 1);
        job.Run();
        Assert.Equal(["5"], Take());
        Assert.Equal(opened, _first.Lifecycle.Opened);
        _second.EndAll();
        job.Run();
        Assert.Equal(before, Take().Count(row => row.StartsWith("end", StringComparison.Ordinal)));
        Assert.True(job.IsFinished);
        AssertNoFailure(job);
    }

    [Fact]
    public void A_vertex_that_has_ended_in_part_runs_again_in_another_parallelism_behind_what_was_read()
    {
        HarnessSnapshot snapshot;
        using (JobHarness before = new(Define, parallelism: 2) { IsPinned = true })
        {
            _first.Push(1, time: 1, split: 0);
            _first.End(0);
            before.Run();

            // Twice, so that the second snapshot includes the state of a subtask that did not run again.
            before.Rescale(2);
            snapshot = before.Snapshot();
            Assert.Equal(["1", "end of 1"], Take());
        }

        using JobHarness after = JobHarness.Restore(Define, snapshot, parallelism: 1);
        after.IsPinned = true;
        _first.Push(2, time: 1, split: 1);
        _first.End(1);
        _second.EndAll();
        after.Run();
        Assert.Equal(["2", "end of 0", "end of 1"], Take());
        Assert.True(after.IsFinished);
    }

    [Fact]
    public void The_snapshot_of_a_job_that_has_ended_restores_one_that_has()
    {
        HarnessSnapshot snapshot;
        using (JobHarness before = new(Define, parallelism: 2) { IsPinned = true })
        {
            _first.EndAll();
            _second.EndAll();
            before.Run();
            Assert.True(before.IsFinished);
            snapshot = before.Snapshot();
        }

        Take();
        using JobHarness after = JobHarness.Restore(Define, snapshot, parallelism: 3);
        Assert.True(after.IsFinished);
        Assert.Empty(Take());
    }

    [Fact]
    public void Time_does_not_wait_for_what_has_ended_nor_goes_to_its_end_with_it()
    {
        HarnessSink<WindowResult<int, long>> counts = new();
        void Windows(StreamBuilder builder) => builder.Source("first", _first).Union(builder.Source("second", _second))
            .KeyBy(row => row % 2)
            .Window(Tumbling.Of(TimeSpan.FromMilliseconds(10))).Named("counts")
            .Aggregate(w => w.Count())
            .To("counts", counts);
        using JobHarness job = new(Windows, parallelism: 2) { IsPinned = true };
        _first.Push(1, time: 1);
        _first.EndAll();
        _second.Push(2, time: 2, split: 0);
        _second.Push(3, time: 3, split: 1);
        job.Run();
        job.Rescale(2);
        job.Rescale(3);
        Assert.Empty(counts.Rows);
        _second.Push(2, time: 10, split: 0);
        _second.Push(2, time: 10, split: 1);
        job.Run();
        Assert.Equal([1, 2], counts.Take().Select(result => result.Value).Order());
        AssertNoFailure(job);
    }

    private static void AssertNoFailure(JobHarness job) => Assert.Null(job.Failure);

    private void Define(StreamBuilder builder)
    {
        builder.Source("first", _first).Process(() => new Ender(), "first ends").To("sink", _sink);
        builder.Source("second", _second).Process(() => new Ender(), "second ends").To("second sink", _sink);
    }

    private List<string> Take() => [.. _sink.Take().Order(StringComparer.Ordinal)];

    // Emits its rows when its input ends.
    private sealed class Holder : ProcessFunction<int, string>
    {
        private OperatorListState<int> _held = null!;

        public override void Open(OperatorStateContext state) => _held = state.List<int>("held");

        public override void Process(in int row, ProcessContext<string> context) => _held.Add(row);

        public override void OnEnd(ProcessContext<string> context)
        {
            foreach (int row in _held.Values)
            {
                context.Emit($"{row}");
            }

            _held.Clear();
        }
    }

    private sealed class Ender : ProcessFunction<int, string>
    {
        private int _rows;

        public override void Open(OperatorStateContext state) => _rows = 0;

        public override void Process(in int row, ProcessContext<string> context)
        {
            _rows++;
            context.Emit($"{row}");
        }

        public override void OnEnd(ProcessContext<string> context) => context.Emit($"end of {_rows}");
    }
}
