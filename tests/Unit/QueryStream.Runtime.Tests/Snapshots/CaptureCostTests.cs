using System.IO.Hashing;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Snapshots;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using Event = QueryStream.Runtime.Tests.Properties.Event;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>What a capture costs: in its turn, in the turns after it, and while it is written.</summary>
public sealed class CaptureCostTests
{
    private const int Few = 200;
    private const int Many = 40_000;

    private static readonly Dictionary<string, Action<StreamBuilder>> Kinds = new()
    {
        ["keyed state and timers"] = job => Keyed(job).Process(() => new Remember()).To("sink", new HarnessSink<long>()),
        ["windows of many keys"] = job => Keyed(job).Window(Tumbling.Of(TimeSpan.FromDays(1))).OnePhase().Aggregate(all => all.Count())
            .To("sink", new HarnessSink<WindowResult<int, long>>()),
        ["many windows"] = job => Keyed(job).Window(Tumbling.Of(TimeSpan.FromMilliseconds(1))).OnePhase().Aggregate(all => all.Count())
            .To("sink", new HarnessSink<WindowResult<int, long>>()),
        ["sessions"] = job => Keyed(job).Window(Session.WithGap(TimeSpan.FromMilliseconds(1))).Aggregate(all => all.Count())
            .To("sink", new HarnessSink<WindowResult<int, long>>()),
        ["global windows"] = job => Keyed(job).Window(Global.Of(100)).Aggregate(all => all.Count())
            .To("sink", new HarnessSink<WindowResult<int, long>>()),
        ["joins"] = job => Keyed(job, "left").Join(Keyed(job, "right")).Within(TimeSpan.Zero, TimeSpan.FromDays(1)).Inner((a, b) => a.Id + b.Id)
            .To("sink", new HarnessSink<long>()),
        ["one large distinct set"] = job => Rows(job, "rows").KeyBy(_ => 0).Window(Tumbling.Of(TimeSpan.FromDays(1))).OnePhase()
            .Aggregate(all => all.CountDistinct(row => row.Id)).To("sink", new HarnessSink<WindowResult<int, long>>()),
        ["a list of the subtask"] = job => Rows(job, "rows").Rebalance().Process(() => new RememberAll()).To("sink", new HarnessSink<long>()),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_capture_copies_nothing_and_one_key_that_changes_costs_the_same_whatever_the_state(string kind)
    {
        (long captured, long copied) few = CostOf(kind, Few);
        (long captured, long copied) many = CostOf(kind, Many);
        Assert.InRange(many.captured, 0, few.captured + 1_024);
        Assert.InRange(many.copied, 0, few.copied + 2);
    }

    // Not in the test's own context, so that the writer goes on where the sink lets it.
    [Fact]
    public Task The_memory_of_the_writer_is_bounded_and_it_waits_for_its_sink() => Task.Run(WriteMuchAsync);

    [Fact]
    public async Task A_restored_task_reads_the_chunks_of_its_own_key_groups_only()
    {
        CountingSegments segments = new();
        RoutingTable routing = RoutingTable.Spread(version: 0, 128, 4);
        for (int subtask = 0; subtask < 4; subtask++)
        {
            List<int> restored = [];
            await segments.ReaderOf(subtask).KeyedAsync<int>("state", restored.Add);
            Assert.All(segments.Reads.Index(), one => Assert.Equal(routing.SubtaskOf(new KeyGroup(one.Index)) <= subtask ? 1 : 0, one.Item));
            Assert.Equal(Enumerable.Range(0, 128).Where(group => routing.SubtaskOf(new KeyGroup(group)) == subtask), restored);
        }
    }

    [Fact]
    public async Task A_restored_task_holds_two_chunks_at_most()
    {
        CountingSegments segments = new();
        int items = 0;
        await segments.ReaderOf(0).KeyedAsync<int>("state", _ => Assert.InRange(segments.Reads.Sum() - items++, 1, 2));
        Assert.Equal(32, items);
    }

    [Fact]
    public async Task A_chunk_that_cannot_be_read_fails_the_restore_when_no_other_is_being_read()
    {
        CountingSegments segments = new();
        TaskCompletionSource<byte[]?> next = new();
        segments.Set(4, [0xff], Task.FromResult<byte[]?>([0xff]));
        segments.Set(5, [], next.Task);
        Task restoring = segments.ReaderOf(0).KeyedAsync<int>("state", _ => { });
        Assert.False(restoring.IsCompleted);
        next.SetException(new StateRestoreException("This one failed later."));
        StateRestoreException failure = await Assert.ThrowsAsync<StateRestoreException>(() => restoring);
        Assert.StartsWith("State 'state' of operator 'operator' cannot be read: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, segments.Reads[6]);
    }

    private static async Task WriteMuchAsync()
    {
        const int Target = 1_000;
        const int Limit = 8_000;
        const int ItemBytes = 60;
        PatientSegments segments = new();
        ChunkSink sink = new(segments, NameOf(0), ReusableChunks.None) { TargetBytes = 1 };
        ChunkWriter writer = new(sink, 128)
        {
            TargetBytes = Target,
            LimitBytes = Limit,
        };
        int given = 0;
        Task<IReadOnlyList<StateChunk>> writing = writer.WriteAsync(new KeyedEncoder<string>(Items()), CancellationToken.None);
        while (!writing.IsCompleted)
        {
            int before = given;
            Assert.InRange(writer.OpenBytes, 0, Limit + ItemBytes);
            Assert.InRange(segments.Waiting, 1, Target + ItemBytes);
            Assert.Equal(before, given);
            segments.Go();
        }

        IReadOnlyList<StateChunk> chunks = await writing;
        Assert.Equal(Many, chunks.Sum(chunk => chunk.Count));
        Assert.Equal(0, writer.OpenBytes);
        Assert.All(chunks, chunk => Assert.InRange(chunk.KeyGroup, 0, 127));

        IEnumerable<(ulong, string)> Items()
        {
            for (; given < Many; given++)
            {
                yield return (KeyType<int>.Instance.Hash(given), new string('x', given % 50));
            }
        }
    }

    private static (long Captured, long Copied) CostOf(string kind, int keys)
    {
        CaptureRig rig = new(Kinds[kind]);
        for (int first = 0; first < keys; first += 100)
        {
            rig.Push(0, [.. Enumerable.Range(first, 100).Select(key => new Event(key, key, key * 10, 0))]);
        }

        // The first one compiles.
        Array.ForEach(rig.Capture(), capture => capture.Release());
        long before = GC.GetAllocatedBytesForCurrentThread();
        StateCapture[] captures = rig.Capture();
        long captured = GC.GetAllocatedBytesForCurrentThread() - before;

        long copies = Copies(captures);
        rig.Push(0, new Event(7, 7, 70, 0));
        long copied = Copies(captures) - copies;
        Array.ForEach(captures, capture => capture.Release());
        return (captured, copied);
    }

    private static long Copies(StateCapture[] captures) => captures.SelectMany(capture => capture.Versions).Sum(versions => versions.Copies);

    private static Stream<Event> Rows(StreamBuilder job, string name) =>
        job.Source(name, new HarnessSource<Event>()).Watermarks(new WatermarkStrategy<Event> { EventTimeOf = row => new EventTime(row.Time) });

    private static KeyedStream<Event, int> Keyed(StreamBuilder job, string name = "rows") => Rows(job, name).KeyBy(row => row.Key);

    private sealed class Remember : KeyedProcessFunction<int, Event, long>
    {
        private ValueState<long> _value = null!;
        private MapState<long, long> _map = null!;

        public override void Open(KeyedStateContext state) => (_value, _map) = (state.Value<long>("value"), state.Map<long, long>("map"));

        public override void Process(in Event row, KeyedContext<int, long> context)
        {
            _value.Value = row.Id;
            _map.Set(row.Id, row.Time);
            context.SetTimer(new EventTime(row.Time + 1_000_000));
        }
    }

    private sealed class RememberAll : ProcessFunction<Event, long>
    {
        private OperatorListState<long> _rows = null!;

        public override void Open(OperatorStateContext state) => _rows = state.List<long>("rows");

        public override void Process(in Event row, ProcessContext<long> context) => _rows.Add(row.Id);
    }

    /// <summary>Stores a segment only when it is told to.</summary>
    private sealed class PatientSegments : ISegments
    {
        private TaskCompletionSource? _waiting;
        private int _length;

        /// <summary>The size of the segment that waits.</summary>
        public int Waiting => _waiting is null ? 0 : _length;

        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Assert.Null(_waiting);
            _length = bytes.Length;
            _waiting = new TaskCompletionSource();
            return _waiting.Task;
        }

        public void Go()
        {
            TaskCompletionSource waiting = _waiting!;
            _waiting = null;
            waiting.SetResult();
        }

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is read.");
    }

    /// <summary>A segment for each chunk; counts how often it is read.</summary>
    private sealed class CountingSegments : ISegments
    {
        private readonly Task<byte[]?>[] _answers;
        private readonly ChunkHandle[] _handles;

        // A chunk for each key group, with the number of the group as its only item.
        public CountingSegments()
        {
            Reads = new int[128];
            _answers = new Task<byte[]?>[128];
            _handles = new ChunkHandle[128];
            for (int group = 0; group < 128; group++)
            {
                CodecWriter writer = new();
                Codec<int>.Instance.Write(writer, group);
                byte[] bytes = writer.Written.ToArray();
                Set(group, bytes, Task.FromResult<byte[]?>(bytes));
            }
        }

        public int[] Reads { get; }

        public void Set(int group, byte[] bytes, Task<byte[]?> answer)
        {
            SegmentName name = NameOf(group);
            _handles[group] = new ChunkHandle(name, 0, bytes.Length, ChunkEncoding.Plain, bytes.Length, XxHash128.HashToUInt128(bytes));
            _answers[group] = answer;
        }

        public StateReader ReaderOf(int subtask)
        {
            StateSnapshot state = new(
                "state", StateKind.Keyed, Codec<int>.Instance.Schema, [.. _handles.Select((handle, group) => new StateChunk(group, 1, handle))]);
            OperatorSnapshot snapshot = new(new OperatorId(1), "operator", [state]);
            return new StateReader(snapshot, new ChunkReader(this), 128, subtask, 4, CancellationToken.None);
        }

        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("Nothing is written.");

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken)
        {
            Reads[name.Number]++;
            return _answers[name.Number];
        }
    }

    private static SegmentName NameOf(int number) =>
        new(new Epoch(1), new CheckpointId(1), new Attempt(0), new TaskId(new JobId(1), new VertexId(1), 0), number);
}
