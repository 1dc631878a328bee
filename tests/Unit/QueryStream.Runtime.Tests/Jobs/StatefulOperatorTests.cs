using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Operators;
using QueryStream.Runtime.Operators.Connectors;
using QueryStream.Runtime.Operators.Rows;
using QueryStream.Runtime.Operators.Windows.Aligned;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>No operator has state that is not in snapshots.</summary>
public sealed class StatefulOperatorTests
{
    // Each entry says why the operator has no state when a barrier passes it.
    private static readonly Dictionary<Type, string> Stateless = new()
    {
        [typeof(MapOperator<,>)] = "looks at one row at a time",
        [typeof(FilterOperator<>)] = "looks at one row at a time",
        [typeof(FlatMapOperator<,>)] = "looks at one row at a time; what it emits is handed on before the barrier",
        [typeof(RowCheckOperator<>)] = "looks at one row at a time",
        [typeof(CountOperator<>)] = "its counter is a metric, which begins anew with the task",
        [typeof(LocalWindowOperator<,,,>)] = "sends all that it has before the barrier",
        [typeof(SinkOperator<>)] = "a task's snapshot is complete when its sinks have acknowledged everything",
    };

    private static readonly Type[] Operators =
    [
        .. typeof(FunctionOperator).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IControlInput).IsAssignableFrom(type))
            .Where(type => type.Name.Split('`')[0].EndsWith("Operator", StringComparison.Ordinal)),
    ];

    [Fact]
    public void Every_operator_is_in_snapshots_or_has_nothing_to_remember() =>
        Assert.Empty(
            Operators.Where(type => !typeof(IStatefulOperator).IsAssignableFrom(type) && !Stateless.ContainsKey(type)).Select(type => type.FullName));

    [Fact]
    public void The_list_of_those_that_have_nothing_to_remember_is_true() =>
        Assert.Empty(
            Stateless.Keys.Where(type => !Operators.Contains(type) || typeof(IStatefulOperator).IsAssignableFrom(type))
                .Select(type => type.FullName));

    [Fact]
    public void Types_that_take_rows_are_named_operator_unless_they_only_forward_them()
    {
        string[] others = [.. typeof(FunctionOperator).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, IsNested: false } && !Operators.Contains(type))
            .Where(type => type.GetInterfaces().Any(one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IRowInput<>)))
            .Select(type => type.Name.Split('`')[0]).Order()];
        Assert.Equal(["BroadcastLink", "Discard", "FanOut", "ForwardLink", "KeyLink", "MergeInput", "PartitionLink"], others);
    }

    [Fact]
    public void Every_operator_that_has_state_gives_it_to_a_snapshot()
    {
        using JobHarness job = new(DefineAll);
        HarnessSnapshot snapshot = job.Snapshot();
        string[] expected = [.. job.Graph.Vertices.SelectMany(vertex => vertex.Nodes)
            .Where(node => !Stateless.Keys.Any(type => node.Kind.Split('(')[0] == NameOf(type)))
            .Select(node => node.Name).Order(StringComparer.Ordinal)];
        Assert.Contains("Source: rows", expected);
        string[] given = [.. snapshot.State.Operators.Select(one => one.Name)];
        Assert.Empty(expected.Except(given));
    }

    [Fact]
    public void Every_operator_is_in_the_ledger_of_a_snapshot_and_knows_what_became_of_its_rows()
    {
        HarnessSource<int> rows = new();
        HarnessSource<int> others = new();
        using JobHarness job = new(builder => DefineAll(builder, rows, others), parallelism: 2);
        for (int i = 0; i < 300; i++)
        {
            rows.Push(i % 30, i * 10);
            others.Push(i, i * 10);
        }

        // Long after the others, so that all sessions have ended.
        rows.Push(0, 1_000_000);
        others.Push(0, 1_000_000);
        job.Run();
        IReadOnlyList<OperatorLedger> ledger = job.Snapshot().State.Ledger;
        Assert.Equal(
            job.Graph.Vertices.SelectMany(vertex => vertex.Nodes.Select(node => (node.Id, vertex.Id, node.Name))).ToHashSet(),
            ledger.Select(part => (part.Operator, part.Vertex, part.Name)).ToHashSet());
        Assert.Distinct(ledger.Select(part => part.Operator));
        Assert.All(ledger, part =>
        {
            Assert.True(part.RowsIn > 0, $"No row came in: {part}");
            Assert.True(part.IsBalanced, part.ToString());
        });
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    [InlineData(3, 1)]
    public void A_record_that_was_counted_before_the_snapshot_is_not_counted_after_it(int before, int after)
    {
        HarnessSource<int> source = new(splits: 3);
        void Define(StreamBuilder builder) => builder.Source("rows", source).CountOnce("once", row => new RecordPosition(row % 5, row / 5));
        void Push(JobHarness job, IEnumerable<int> rows)
        {
            foreach (int row in rows)
            {
                source.Push(row, 0, row % 3);
            }

            job.Run();
        }

        HarnessSnapshot snapshot;
        using (JobHarness job = new(Define, before) { IsPinned = true })
        {
            Push(job, Enumerable.Range(0, 1_000).Concat(Enumerable.Range(500, 100)));
            Assert.Equal(1_000, job.Counter("once"));
            snapshot = job.Snapshot();
        }

        using JobHarness restored = JobHarness.Restore(Define, snapshot, after);
        Push(restored, Enumerable.Range(900, 200));
        Assert.Equal(100, restored.Counter("once"));
    }

    private static string NameOf(Type type) => type.Name.Split('`')[0].Replace("Operator", "", StringComparison.Ordinal);

    private static void DefineAll(StreamBuilder builder) => DefineAll(builder, new HarnessSource<int>(), new HarnessSource<int>());

    private static void DefineAll(StreamBuilder builder, HarnessSource<int> rowSource, HarnessSource<int> others)
    {
        Stream<int> rows = builder.Source("rows", rowSource).Map(n => n).Filter(_ => true).FlatMap<int>((n, emit) => emit(n))
            .Count("all");
        KeyedStream<int, int> keyed = rows.KeyBy(n => n).OnError(ErrorPolicy.Skip);
        BroadcastStream<int> broadcast = builder.Source("others", others).Broadcast();
        rows.CountOnce("once", n => new RecordPosition(0, n));
        HarnessSink<int> sink = new();
        rows.MapAsync((n, _) => Task.FromResult(n), name: "async")
            .Union(
                rows.Process(() => new Plain(), "process"),
                rows.Connect(rows.Rebalance()).Process(() => new Co(), "co process"),
                rows.Connect(broadcast).Process(() => new Shared(), "broadcast process"),
                keyed.Process(() => new Keyed(), "keyed process"),
                keyed.Connect(keyed).Process(() => new KeyedCo(), "keyed co process"),
                keyed.Connect(broadcast).Process(() => new KeyedShared(), "keyed broadcast process"),
                keyed.Join(keyed).Within(TimeSpan.Zero, TimeSpan.Zero).Inner((a, _) => a, "interval join"),
                keyed.Join(keyed).Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Inner((a, _) => a, "window join"),
                keyed.Join(keyed).Window(Session.WithGap(TimeSpan.FromSeconds(1))).Inner((a, _) => a, "session join"),
                keyed.Join(keyed).AsOf().Inner((a, _) => a, "lookup"),
                keyed.Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Named("windows").Aggregate(w => w.Count()).Map(result => (int)result.Value),
                keyed.Window(Session.WithGap(TimeSpan.FromSeconds(1))).Named("sessions").Aggregate(w => w.Count()).Map(result => (int)result.Value))
            .To("sink", sink);
    }

    private sealed class Plain : ProcessFunction<int, int>
    {
        public override void Process(in int row, ProcessContext<int> context) => context.Emit(row);
    }

    private sealed class Co : CoProcessFunction<int, int, int>
    {
        public override void ProcessLeft(in int row, ProcessContext<int> context) => context.Emit(row);

        public override void ProcessRight(in int row, ProcessContext<int> context) => context.Emit(row);
    }

    private sealed class Shared : BroadcastProcessFunction<int, int, int>
    {
        public override void Process(in int row, ProcessContext<int> context) => context.Emit(row);

        public override void ProcessBroadcast(in int row, ProcessContext<int> context) => context.Emit(row);
    }

    private sealed class Keyed : KeyedProcessFunction<int, int, int>
    {
        public override void Process(in int row, KeyedContext<int, int> context) => context.Emit(row);
    }

    private sealed class KeyedCo : KeyedCoProcessFunction<int, int, int, int>
    {
        public override void ProcessLeft(in int row, KeyedContext<int, int> context) => context.Emit(row);

        public override void ProcessRight(in int row, KeyedContext<int, int> context) => context.Emit(row);
    }

    private sealed class KeyedShared : KeyedBroadcastProcessFunction<int, int, int, int>
    {
        public override void Process(in int row, KeyedContext<int, int> context) => context.Emit(row);

        public override void ProcessBroadcast(in int row, ProcessContext<int> context) => context.Emit(row);
    }
}
