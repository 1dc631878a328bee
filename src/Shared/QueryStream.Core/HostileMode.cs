namespace QueryStream.Core;

/// <summary>
/// A test mode that provokes rare situations: keys collide, batches end after any number of rows, every batch is encoded and decoded on every channel
/// and overwritten when it is released, and the test kit moves jobs by snapshot and restore. <c>QUERYSTREAM_HOSTILE=1</c> turns it on for a process.
/// A static readonly field, so that production code pays nothing for it.
/// </summary>
public static class HostileMode
{
    /// <summary>Whether the mode is on.</summary>
    public static readonly bool IsOn = Environment.GetEnvironmentVariable("QUERYSTREAM_HOSTILE") == "1";
}
