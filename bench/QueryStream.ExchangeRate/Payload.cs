using QueryStream.Core.Texts;
using QueryStream.Streams;

namespace QueryStream.ExchangeRate;

/// <summary>A row of 100 encoded bytes, with its event time.</summary>
/// <param name="Key">A number.</param>
/// <param name="Content">A text.</param>
[StreamRecord]
public readonly partial record struct Payload(long Key, Text Content);
