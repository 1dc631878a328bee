using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Process;

public sealed class KeyedProcessTests
{
    private static readonly SideOutput<int> Odd = new("odd");

    private readonly HarnessSource<(int Key, int Value)> _source = new(splits: 4);
    private readonly HarnessSink<string> _sink = new();
    private readonly HarnessSink<int> _odd = new();

    [Fact]
    public void A_function_sees_the_state_of_its_rows_key()
    {
        using JobHarness harness = new(Define);
        Push(harness, (1, 10), (2, 5), (1, 7));
        Assert.Equal(["1=10", "1=17", "2=5"], Rows());
        Assert.Equal([5, 7], _odd.Rows.Select(row => row.Row).Order());
    }

    [Fact]
    public void Timers_of_event_time_are_called_once_and_in_order()
    {
        using JobHarness harness = new(Define);
        Push(harness, (3, 0), (3, 0), (1, 0));
        _sink.Rows.Clear();
        _source.EndAll();
        harness.Run();
        Assert.Equal(["timer 1@1002", "timer 3@1000", "timer 3@1001"], Rows());
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 1)]
    public void State_and_timers_move_to_another_parallelism(int before, int after)
    {
        HarnessSnapshot snapshot;
        using (JobHarness harness = new(Define, before))
        {
            Push(harness, [.. Enumerable.Range(0, 50).Select(i => (i, i))]);
            snapshot = harness.Snapshot();
        }

        _sink.Rows.Clear();
        using JobHarness restored = JobHarness.Restore(Define, snapshot, after);
        Assert.Empty(_sink.Rows);
        Push(restored, [.. Enumerable.Range(0, 50).Select(i => (i, 1))]);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}={i + 1}").Order(StringComparer.Ordinal), Rows());
        _sink.Rows.Clear();
        _source.EndAll();
        restored.Run();

        // Those of the second rows are the same as those of the first.
        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"timer {i}@{1000 + i}").Order(StringComparer.Ordinal), Rows());
    }

    private void Define(StreamBuilder job)
    {
        ProcessStream<string> sums = job.Source("rows", _source)
            .KeyBy(row => row.Key)
            .Process(() => new Summing(), "sums");
        sums.To("rows", _sink);
        sums.Side(Odd).To("odd", _odd);
    }

    private string[] Rows() => [.. _sink.Rows.Select(row => row.Row).Order(StringComparer.Ordinal)];

    private void Push(JobHarness harness, params (int Key, int Value)[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            _source.Push(rows[i], i, rows[i].Key % 4);
        }

        harness.Run();
    }

    private sealed class Summing : KeyedProcessFunction<int, (int Key, int Value), string>
    {
        private ValueState<long> _sum = null!;

        public override void Open(KeyedStateContext state) => _sum = state.Value<long>("sum");

        public override void Process(in (int Key, int Value) row, KeyedContext<int, string> context)
        {
            _sum.Value += row.Value;
            context.Emit($"{context.Key}={_sum.Value}");
            context.SetTimer(context.Time.Add(1000));
            if (row.Value % 2 == 1)
            {
                context.Emit(Odd, row.Value);
            }
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context) =>
            context.Emit($"timer {context.Key}@{time.Milliseconds}");
    }
}
