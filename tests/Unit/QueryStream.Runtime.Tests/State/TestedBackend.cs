using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Operators.Process;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.State;
using QueryStream.Streams.State;
using QueryStream.TestKit.Contracts;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.State;

/// <summary>The stores of a backend, as the suite drives them.</summary>
internal sealed class TestedBackend<TKey> : StateBackend<TKey>
{
    private readonly KeyedStore<TKey> _store;
    private readonly TimerQueue<TKey> _timers;
    private readonly MemorySegments _segments;

    public TestedBackend(IStateBackend backend, MemorySegments segments, int subtask, int parallelism)
        : base(subtask, parallelism)
    {
        _segments = segments;
        _store = backend.CreateKeyedStore<TKey>(KeyGroups);
        _timers = backend.CreateTimerQueue<TKey>("timers.event");
        States = new KeyedStates<TKey>(subtask, parallelism, _store);
    }

    public override KeyedStateContext States { get; }

    public override EventTime Now { get => _store.Now; set => _store.Now = value; }

    public override long Keys => _store.Count;

    public override void Select(in TKey key) => _store.Select(key, KeyType<TKey>.Instance.Hash(key));

    public override void Release() => _store.Release();

    public override void Sweep() => _store.Sweep(2 * (int)_store.Count);

    public override void SetTimer(in TKey key, EventTime time) => _timers.Set(key, KeyType<TKey>.Instance.Hash(key), time);

    public override void DeleteTimer(in TKey key, EventTime time) => _timers.Delete(key, KeyType<TKey>.Instance.Hash(key), time);

    public override IReadOnlyList<(TKey Key, EventTime Time)> TakeTimers(EventTime until)
    {
        List<(TKey, EventTime)> due = [];
        while (_timers.TryTake(until, out TKey key, out _, out EventTime time))
        {
            due.Add((key, time));
        }

        return due;
    }

    public override IReadOnlyList<StateSnapshot> Snapshot()
    {
        StateCapture capture = new(new OperatorId(1), "tested");
        _store.Capture(capture);
        _timers.Capture(capture);
        TaskId task = new(new JobId(1), new VertexId(1), Subtask);
        CheckpointId unused = new(_segments.Names.Count + 1);
        ChunkSink sink = new(_segments, new SegmentName(new Epoch(1), unused, new Attempt(0), task, 0), ReusableChunks.None);
        ChunkWriter writer = new(sink, KeyGroups);
        OperatorSnapshot? written = null;
        Assert.True(WriteAsync().IsCompletedSuccessfully);
        capture.Release();
        return written!.States;

        async Task WriteAsync()
        {
            written = await capture.WriteAsync(writer, CancellationToken.None);
            await sink.CompleteAsync(CancellationToken.None);
        }
    }

    public override void Restore(IReadOnlyList<StateSnapshot> snapshots)
    {
        StateSnapshot[] merged = [.. snapshots.GroupBy(state => state.Name).Select(
            states => states.First() with { Chunks = [.. states.SelectMany(state => state.Chunks)] })];
        ChunkReader chunks = new(_segments);
        OperatorSnapshot snapshot = new(new OperatorId(1), "tested", merged);
        StateReader reader = new(snapshot, chunks, KeyGroups, Subtask, Parallelism, CancellationToken.None);
        Assert.True(_store.RestoreAsync(reader).IsCompletedSuccessfully);
        Assert.True(_timers.RestoreAsync(reader).IsCompletedSuccessfully);
    }
}
