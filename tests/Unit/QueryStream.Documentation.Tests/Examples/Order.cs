using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;

namespace QueryStream.Documentation.Tests.Examples;

#region records
[StreamRecord]
public readonly record struct Order(long Id, Text Customer, Text Article, decimal Price, EventTime At);
#endregion
