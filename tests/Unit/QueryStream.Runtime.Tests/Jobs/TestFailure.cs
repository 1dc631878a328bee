namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>What user code throws in tests.</summary>
internal sealed class TestFailure() : Exception("as the test wants it");
