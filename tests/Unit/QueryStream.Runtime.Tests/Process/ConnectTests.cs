using System.Globalization;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Process;

/// <summary>Functions over two streams, one of them broadcast, and their state without a key.</summary>
public sealed class ConnectTests
{
    private static readonly SideOutput<int> Unknown = new("unknown");

    private readonly HarnessSource<int> _rows = new(splits: 4);
    private readonly HarnessSource<(int Id, string? Name)> _names = new();
    private readonly HarnessSink<string> _sink = new();
    private readonly HarnessSink<int> _unknown = new();

    [Fact]
    public void A_function_over_two_streams_sees_the_rows_of_both_and_the_end_of_both()
    {
        using JobHarness job = new(builder => builder.Source("rows", _rows)
            .Connect(builder.Source("names", _names))
            .Process(() => new Both(), "both").To("sink", _sink));
        _rows.Push(1, 0);
        job.Run();
        _names.Push((2, "two"), 0);
        job.Run();
        _rows.EndAll();
        job.Run();
        Assert.Equal(["left 1", "right 2 two"], _sink.Take());
        _names.EndAll();
        job.Run();
        Assert.Equal(["end"], _sink.Take());
        Assert.True(job.IsFinished);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_of_two_streams_can_be_mapped_to_rows_of_one(int parallelism)
    {
        using JobHarness job = new(
            builder =>
            {
                ConnectedStreams<int, (int Id, string? Name)> both = builder.Source("rows", _rows).Connect(builder.Source("names", _names));
                both.Map(row => $"row {row}", name => $"name {name.Id}").To("sink", _sink);
                both.FlatMap<int>((row, emit) => emit(row), (name, emit) => { emit(name.Id); emit(-name.Id); }).To("unknown", _unknown);
            },
            parallelism);
        Name(job, (7, "seven"));
        PushRows(job, [1, 2]);
        Assert.Equal(["name 7", "row 1", "row 2"], _sink.Take().Order(StringComparer.Ordinal));
        Assert.Equal([-7, 1, 2, 7], _unknown.Take().Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_subtask_sees_all_broadcast_rows(int parallelism)
    {
        using JobHarness job = new(Define, parallelism);
        Name(job, (0, "zero"), (1, "one"), (2, "two"), (3, "three"), (1, null), (2, "deux"));
        PushRows(job, [0, 1, 2, 3]);
        Assert.Equal(["deux", "three", "zero"], _sink.Take().Order(StringComparer.Ordinal));
        Assert.Equal([1], _unknown.Take());
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 1)]
    public void Broadcast_state_is_restored_on_every_subtask(int before, int after)
    {
        HarnessSnapshot snapshot;
        using (JobHarness job = new(Define, before))
        {
            Name(job, (0, "zero"), (1, "one"), (2, "two"), (3, "three"));
            snapshot = job.Snapshot();
        }

        using JobHarness restored = JobHarness.Restore(Define, snapshot, after);
        PushRows(restored, [0, 1, 2, 3]);
        Assert.Equal(["one", "three", "two", "zero"], _sink.Take().Order(StringComparer.Ordinal));
        Assert.Equal(
            4,
            Assert.Single(
                snapshot.State.Operators, one => one.Name == "names").States.Single(state => state.Name == "names").Chunks.Sum(chunk => chunk.Count));
    }

    [Fact]
    public void Broadcast_state_cannot_be_written_for_a_row_of_the_other_stream()
    {
        using JobHarness job = new(builder => builder.Source("rows", _rows)
            .Connect(builder.Source("names", _names).Broadcast())
            .Process(() => new Writing(), "writing").To("sink", _sink));
        PushRows(job, [1]);
        Assert.Contains("'names' was written without a broadcast row", job.Failure!.Cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keyed_state_cannot_be_used_for_a_broadcast_row()
    {
        using JobHarness job = new(builder => builder.Source("rows", _rows).KeyBy(n => n)
            .Connect(builder.Source("names", _names).Broadcast())
            .Process(() => new KeyedNaming(usesKeyForBroadcast: true), "names").To("sink", _sink));
        Name(job, (1, "one"));
        Assert.IsType<Core.Errors.NoKeyException>(job.Failure!.Cause);
        Assert.Equal("names", job.Failure.Operator);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 1)]
    public void A_keyed_function_with_a_broadcast_input_keeps_both_kinds_of_state(int before, int after)
    {
        void DefineKeyed(StreamBuilder builder) => builder.Source("rows", _rows).KeyBy(n => n % 10)
            .Connect(builder.Source("names", _names).Broadcast())
            .Process(() => new KeyedNaming(), "names").To("sink", _sink);
        HarnessSnapshot snapshot;
        using (JobHarness job = new(DefineKeyed, before))
        {
            Name(job, (1, "one"), (2, "two"), (3, "three"));
            PushRows(job, [1, 11, 2]);
            snapshot = job.Snapshot();
        }

        Assert.Equal(["one 1", "one 2", "two 1"], _sink.Take().Order(StringComparer.Ordinal));
        using JobHarness restored = JobHarness.Restore(DefineKeyed, snapshot, after);
        PushRows(restored, [21, 12, 3, 31]);
        Assert.Equal(["one 3", "one 4", "three 1", "two 2"], _sink.Take().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 1)]
    public void The_items_of_a_list_are_dealt_out_and_those_of_a_union_go_to_all(int before, int after)
    {
        void Collect(StreamBuilder builder) => builder.Source("rows", _rows).Process(() => new Collecting(), "collecting").To("sink", _sink);
        HarnessSnapshot snapshot;
        using (JobHarness job = new(Collect, before))
        {
            PushRows(job, [.. Enumerable.Range(0, 10)]);
            snapshot = job.Snapshot();
        }

        using JobHarness restored = JobHarness.Restore(Collect, snapshot, after);
        _rows.EndAll();
        restored.Run();
        Assert.True(restored.IsFinished);
        string[] rows = [.. _sink.Take()];
        Assert.Equal(
            Enumerable.Range(0, 10),
            rows.Where(row => row.StartsWith("list ", StringComparison.Ordinal)).Select(row => int.Parse(row[5..], CultureInfo.InvariantCulture))
                .Order());
        Assert.Equal(
            Enumerable.Range(0, after).SelectMany(subtask => Enumerable.Range(0, 10).Select(row => $"union {subtask} {row}")),
            rows.Where(row => row.StartsWith("union", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_list_can_be_replaced_and_cleared()
    {
        using JobHarness job = new(builder => builder.Source("rows", _rows).Process(() => new Replacing(), "replacing").To("sink", _sink));
        foreach (int row in new[] { 1, 2, 3, -1, 4, 0, 5 })
        {
            _rows.Push(row, 0);
            job.Run();
        }

        Assert.Equal(["1", "1 2", "1 2 3", "2 3 -1", "2 3 -1 4", "", "5"], _sink.Take());
    }

    private void Define(StreamBuilder builder)
    {
        ProcessStream<string> named = builder.Source("rows", _rows)
            .Connect(builder.Source("names", _names).Broadcast())
            .Process(() => new Naming(), "names");
        named.To("sink", _sink);
        named.Side(Unknown).To("unknown", _unknown);
    }

    private void Name(JobHarness job, params (int, string?)[] names)
    {
        foreach ((int, string?) name in names)
        {
            _names.Push(name, 0);
        }

        job.Run();
    }

    private void PushRows(JobHarness job, int[] rows)
    {
        foreach (int row in rows)
        {
            _rows.Push(row, 0, row % 4);
        }

        job.Run();
    }

    private sealed class Both : CoProcessFunction<int, (int Id, string? Name), string>
    {
        public override void ProcessLeft(in int row, ProcessContext<string> context) => context.Emit($"left {row}");

        public override void ProcessRight(in (int Id, string? Name) row, ProcessContext<string> context) =>
            context.Emit($"right {row.Id} {row.Name}");

        public override void OnEnd(ProcessContext<string> context) => context.Emit("end");
    }

    private sealed class Naming : BroadcastProcessFunction<int, (int Id, string? Name), string>
    {
        private BroadcastState<int, string> _names = null!;

        public override void Open(BroadcastStateContext state) => _names = state.Broadcast<int, string>("names");

        public override void Process(in int row, ProcessContext<string> context)
        {
            if (_names.TryGet(row, out string name))
            {
                context.Emit(name);
            }
            else
            {
                context.Emit(Unknown, row);
            }
        }

        public override void ProcessBroadcast(in (int Id, string? Name) row, ProcessContext<string> context)
        {
            if (row.Name is null)
            {
                _names.Remove(row.Id);
            }
            else
            {
                _names.Set(row.Id, row.Name);
            }
        }
    }

    private sealed class Writing : BroadcastProcessFunction<int, (int Id, string? Name), string>
    {
        private BroadcastState<int, string> _names = null!;

        public override void Open(BroadcastStateContext state) => _names = state.Broadcast<int, string>("names");

        public override void Process(in int row, ProcessContext<string> context) => _names.Set(row, "");

        public override void ProcessBroadcast(in (int Id, string? Name) row, ProcessContext<string> context)
        {
        }
    }

    private sealed class KeyedNaming(bool usesKeyForBroadcast = false) : KeyedBroadcastProcessFunction<int, int, (int Id, string? Name), string>
    {
        private ValueState<int> _count = null!;
        private BroadcastState<int, string> _names = null!;

        public override void Open(KeyedStateContext keyed, BroadcastStateContext broadcast)
        {
            _count = keyed.Value<int>("count");
            _names = broadcast.Broadcast<int, string>("names");
        }

        public override void Process(in int row, KeyedContext<int, string> context)
        {
            _count.Value++;
            context.Emit(_names.TryGet(context.Key, out string name) ? $"{name} {_count.Value}" : "?");
        }

        public override void ProcessBroadcast(in (int Id, string? Name) row, ProcessContext<string> context)
        {
            _names.Set(row.Id, row.Name!);
            if (usesKeyForBroadcast)
            {
                _count.Value++;
            }
        }
    }

    private sealed class Collecting : ProcessFunction<int, string>
    {
        private OperatorListState<int> _list = null!;
        private OperatorListState<int> _union = null!;
        private int _subtask;

        public override void Open(OperatorStateContext state)
        {
            _subtask = state.Subtask;
            _list = state.List<int>("list");
            _union = state.UnionList<int>("union");
        }

        public override void Process(in int row, ProcessContext<string> context)
        {
            _list.Add(row);
            _union.Add(row);
        }

        public override void OnEnd(ProcessContext<string> context)
        {
            foreach (int row in _list.Values)
            {
                context.Emit($"list {row}");
            }

            foreach (int row in _union.Values)
            {
                context.Emit($"union {_subtask} {row}");
            }
        }
    }

    private sealed class Replacing : ProcessFunction<int, string>
    {
        private OperatorListState<int> _list = null!;

        public override void Open(OperatorStateContext state) => _list = state.List<int>("list");

        public override void Process(in int row, ProcessContext<string> context)
        {
            if (row == 0)
            {
                _list.Clear();
            }
            else
            {
                _list.Add(row);
            }

            if (row < 0)
            {
                _list.Replace(_list.Values[1..]);
            }

            context.Emit(string.Join(' ', _list.Values.ToArray()));
        }
    }
}
