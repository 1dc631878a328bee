using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

[StreamRecord]
public readonly record struct Payment(long OrderId, decimal Amount, EventTime At);
