using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Exchange;

public sealed class RepartitionTests
{
    private readonly HarnessSource<int> _source = new(splits: 3) { ElementsPerPoll = 1_000 };
    private readonly HarnessSink<(int Row, int Subtask)> _sink = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Rebalancing_gives_every_subtask_the_same_number_of_rows(int parallelism)
    {
        using JobHarness job = Run(rows => rows.Rebalance(), parallelism, 700);
        Assert.Equal(Enumerable.Range(0, 700), _sink.Rows.Select(row => row.Row.Row).Order());
        Assert.All(
            Enumerable.Range(0, parallelism), subtask => Assert.Equal(700 / parallelism, _sink.Rows.Count(row => row.Row.Subtask == subtask), 1.0));
        Assert.Equal(parallelism, _sink.Rows.Select(row => row.Row.Subtask).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_jobs_own_partitioning_is_kept_to(int parallelism)
    {
        using JobHarness job = Run(rows => rows.PartitionBy((row, subtasks) => row / 10 % subtasks), parallelism, 200);
        Assert.Equal(200, _sink.Rows.Count);
        Assert.All(_sink.Rows, row => Assert.Equal(row.Row.Row / 10 % parallelism, row.Row.Subtask));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Broadcasting_brings_every_row_to_every_subtask_once(int parallelism)
    {
        using JobHarness job = Run(rows => rows.Broadcast(), parallelism, 200);
        Assert.Equal(
            Enumerable.Range(0, 200).SelectMany(row => Enumerable.Range(0, parallelism).Select(subtask => (row, subtask))),
            _sink.Rows.Select(row => row.Row).Order());
    }

    [Fact]
    public void A_partitioning_that_chooses_no_subtask_is_named_with_the_row()
    {
        using JobHarness job = new(
            builder => Subtasks(builder.Source("numbers", _source).PartitionBy((row, subtasks) => row == 2 ? subtasks : 0)), parallelism: 2);
        for (int i = 0; i < 4; i++)
        {
            _source.Push(i, i);
        }

        job.Run();
        Assert.Equal("subtasks", job.Failure!.Operator);
        Assert.IsType<PartitionException>(job.Failure.Cause);
        Assert.Equal("at offset 2 of split split-0", job.Failure.Position);
    }

    [Fact]
    public void A_union_keeps_the_partitioning_of_each_of_its_streams()
    {
        using JobHarness job = Run(rows => rows.PartitionBy((_, _) => 1).Union(rows.Map(row => row + 1_000).PartitionBy((_, _) => 0)), 2, 100);
        Assert.Equal(200, _sink.Rows.Count);
        Assert.All(_sink.Rows, row => Assert.Equal(row.Row.Row < 1_000 ? 1 : 0, row.Row.Subtask));
    }

    private JobHarness Run(Func<Stream<int>, Stream<int>> define, int parallelism, int count)
    {
        JobHarness job = new(builder => Subtasks(define(builder.Source("numbers", _source))), parallelism);
        for (int i = 0; i < count; i++)
        {
            _source.Push(i, i);
        }

        job.Run();
        _source.EndAll();
        job.Run();
        Assert.Null(job.Failure);
        Assert.True(job.IsFinished);
        return job;
    }

    private void Subtasks(Stream<int> rows) => rows.Process(() => new SubtaskOf(), "subtasks").To("sink", _sink);

    private sealed class SubtaskOf : ProcessFunction<int, (int, int)>
    {
        private int _subtask;

        public override void Open(OperatorStateContext state) => _subtask = state.Subtask;

        public override void Process(in int row, ProcessContext<(int, int)> context) => context.Emit((row, _subtask));
    }
}
