using QueryStream.Core.Identity;
using QueryStream.Streams;

namespace QueryStream.Runtime.Tests.Properties;

/// <summary>A row of a scenario.</summary>
/// <param name="Id">From 1, in order of arrival; a sum of them tells rows from each other.</param>
/// <param name="Key">The key.</param>
/// <param name="Time">The event time.</param>
/// <param name="Split">The split that brings it.</param>
[StreamRecord]
public readonly record struct Event(long Id, int Key, long Time, int Split)
{
    public RecordPosition Position => new(Split, Id);
}
