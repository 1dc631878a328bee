using QueryStream.TestKit.Contracts;

namespace QueryStream.Runtime.Tests.State;

public sealed class HeapStateTests : StateSuite
{
    protected override StateBackend<TKey> New<TKey>(int subtask, int parallelism) => new HeapBackend<TKey>(subtask, parallelism);
}
