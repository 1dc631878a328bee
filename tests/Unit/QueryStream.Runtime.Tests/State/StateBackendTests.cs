using QueryStream.Runtime.State;
using QueryStream.TestKit.Contracts;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.State;

public sealed class HeapStateTests : StateSuite
{
    private readonly MemorySegments _segments = new();

    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(HeapStateBackend.Instance, _segments, subtask, parallelism);
}

public sealed class ByteStateTests : StateSuite
{
    private readonly MemorySegments _segments = new();

    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(new ByteStateBackend(), _segments, subtask, parallelism);
}

/// <summary>Subtasks on the heap next to subtasks in bytes: what one backend has written, the other one restores.</summary>
public sealed class MixedStateTests : StateSuite
{
    private readonly MemorySegments _segments = new();
    private int _opened;

    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(_opened++ % 2 == 0 ? HeapStateBackend.Instance : new ByteStateBackend(), _segments, subtask, parallelism);
}
