using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>
/// If sources become idle and active, the watermarks of an operator's subtasks may differ at a barrier, since each subtask receives the changes in
/// its own order.
/// </summary>
public sealed class UnevenTimeTests
{
    private static readonly TimeSpan Size = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Lateness = TimeSpan.FromMilliseconds(500);

    private readonly MemorySegments _segments = new();

    public static TheoryData<string, bool, int> Cases => new()
    {
        { "tumbling", true, 1 }, { "tumbling", false, 2 }, { "sessions", true, 1 }, { "sessions", false, 2 },
        { "tumbling late", true, 2 },
        { "tumbling late", false, 1 },
        { "sessions late", true, 2 },
        { "sessions late", false, 1 },
        { "rows", true, 2 },
        { "rows", false, 1 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_window_of_the_subtask_that_was_behind_is_lost(string kind, bool isAheadFirst, int parallelism)
    {
        // Two subtasks of one operator, each with its own key: one at time 100, one at 5.
        TaskSnapshot ahead = SubtaskAt(kind, key: 1, 100);
        TaskSnapshot behind = SubtaskAt(kind, key: 2, 5);
        HarnessSnapshot snapshot = new(JobSnapshot.Of(new CheckpointId(1), isAheadFirst ? [ahead, behind] : [behind, ahead]), _segments);

        HarnessSource<Sale> source = new();
        HarnessSink<WindowResult<int, long>> results = new();
        using JobHarness job = JobHarness.Restore(builder => Define(builder, kind, source, results), snapshot, parallelism);
        source.Push(new Sale(3, 1_000), 1_000);
        job.Run();
        Assert.Null(job.Failure);

        // Windows kept for their lateness are emitted again, since the restored job cannot know that they were.
        string[] again = kind.EndsWith("late", StringComparison.Ordinal) ? ["1: 1"] : [];
        Assert.Equal([.. again, "2: 1"], results.Take().Select(result => $"{result.Key}: {result.Value}").Order(StringComparer.Ordinal));
    }

    private TaskSnapshot SubtaskAt(string kind, int key, long watermark)
    {
        HarnessSource<Sale> source = new();
        // Another seed is another job, so that no segment is written twice.
        using JobHarness job = new(
            builder => Define(builder, kind, source, new HarnessSink<WindowResult<int, long>>()),
            seed: (ulong)key,
            services: _ => new SharedSegments(_segments))
        {
            IsPinned = true,
        };
        source.Push(new Sale(key, 1), 1);
        source.Push(new Sale(0, watermark + 1), watermark + 1);
        job.Run();
        HarnessSnapshot snapshot = job.Snapshot();

        // Without the source, which starts from the beginning.
        OperatorSnapshot[] operators = [.. snapshot.State.Operators.Where(part => part.Operator == job.Graph.Vertices[1].Head.Id)];
        Assert.NotEmpty(operators);
        return new TaskSnapshot(new TaskId(new JobId(1), job.Graph.Vertices[1].Id, key - 1), new CheckpointId(1), operators)
        {
            KeyGroups = snapshot.State.KeyGroups,
            Watermark = snapshot.State.WatermarkOf(job.Graph.Vertices[1].Id),
        };
    }

    // Key 0 only advances time.
    private static void Define(StreamBuilder builder, string kind, HarnessSource<Sale> source, HarnessSink<WindowResult<int, long>> results)
    {
        KeyedStream<Sale, int> keyed = builder.Source("sales", source).Watermarks(new WatermarkStrategy<Sale>()).KeyBy(sale => sale.Key);
        WindowedStream<Sale, int> windows = kind switch
        {
            "tumbling" => keyed.Window(Tumbling.Of(Size)),
            "tumbling late" => keyed.Window(Tumbling.Of(Size)).Lateness(Lateness),
            "sessions" => keyed.Window(Session.WithGap(Size)),
            "sessions late" => keyed.Window(Session.WithGap(Size)).Lateness(Lateness),
            _ => keyed.Window(Tumbling.Of(Size)).Trigger(() => new Closing()),
        };
        windows.Named("windows").Aggregate(w => w.Count()).Filter(result => result.Key != 0 && result.Key != 3).To("results", results);
    }

    private sealed class SharedSegments(ISegments segments) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(ISegments) ? segments : null;
    }

    private sealed class Closing : Trigger<Sale>
    {
        public override TriggerResult OnRow(in Sale row, TriggerContext context)
        {
            context.SetTimer(context.Window.MaxTime);
            return TriggerResult.Continue;
        }

        public override TriggerResult OnEventTime(Core.Time.EventTime time, TriggerContext context) => TriggerResult.Fire;
    }
}
