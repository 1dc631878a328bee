namespace QueryStream.Core;

/// <summary>
/// A mode for tests that provokes what happens rarely in production: keys collide, batches end after any number of rows, every batch is encoded and decoded
/// on every channel and overwritten when it is released, and the test kit moves jobs by snapshot and restore.
/// <c>QUERYSTREAM_HOSTILE=1</c> chooses it for a whole process. A static readonly field, so that the JIT removes its conditions elsewhere.
/// </summary>
public static class HostileMode
{
    /// <summary>Whether the mode is on.</summary>
    public static readonly bool IsOn = Environment.GetEnvironmentVariable("QUERYSTREAM_HOSTILE") == "1";
}
