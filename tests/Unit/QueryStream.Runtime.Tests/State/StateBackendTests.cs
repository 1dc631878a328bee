using QueryStream.Runtime.State;
using QueryStream.TestKit.Contracts;

namespace QueryStream.Runtime.Tests.State;

public sealed class HeapStateTests : StateSuite
{
    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(HeapStateBackend.Instance, subtask, parallelism);
}

public sealed class ByteStateTests : StateSuite
{
    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(new ByteStateBackend(), subtask, parallelism);
}

/// <summary>Subtasks on the heap next to subtasks in bytes: what one backend has written, the other one restores.</summary>
public sealed class MixedStateTests : StateSuite
{
    private int _opened;

    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) =>
        new TestedBackend<TKey>(_opened++ % 2 == 0 ? HeapStateBackend.Instance : new ByteStateBackend(), subtask, parallelism);
}
