namespace QueryStream.Runtime.Tests.Jobs;

/// <summary>Thrown by user code in tests.</summary>
internal sealed class TestFailure() : Exception("as the test wants it");
