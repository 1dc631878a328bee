using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Jobs.EventCounts;

/// <summary>An event of the input topic: <c>{"key":"tea","number":17,"time":1765000000000}</c>.</summary>
/// <param name="Key">What is counted.</param>
/// <param name="Number">The number that identifies the event.</param>
/// <param name="Time">The event time.</param>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct CountableEvent(Text Key, long Number, EventTime Time);

/// <summary>An event with its running count.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Number">Its number.</param>
/// <param name="Count">The number of events of the key up to this one.</param>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct EventCount(Text Key, long Number, long Count);

/// <summary>The events of a key in a window.</summary>
/// <param name="Key">The key.</param>
/// <param name="Start">The window's first millisecond.</param>
/// <param name="End">The first millisecond after it.</param>
/// <param name="Count">Their number.</param>
/// <param name="Sum">The sum of the events' numbers; null if it does not fit into 64 bits.</param>
[StreamRecord(JsonNaming = JsonNaming.SnakeCase)]
internal readonly record struct WindowCount(Text Key, EventTime Start, EventTime End, long Count, long? Sum);
