namespace QueryStream.Core;

/// <summary>
/// A mode for tests, in which the engine does to itself whatever may ever happen to it: keys collide, batches end after any number of rows,
/// go through their codec on every channel and are poisoned when they are given back, and the test kit moves jobs by snapshot and restore.
/// Chosen for a whole process by <c>QUERYSTREAM_HOSTILE=1</c>, and in a static field, so that the JIT leaves nothing of the conditions elsewhere.
/// </summary>
public static class HostileMode
{
    /// <summary>Whether it was chosen.</summary>
    public static readonly bool IsOn = Environment.GetEnvironmentVariable("QUERYSTREAM_HOSTILE") == "1";
}
