using QueryStream.Streams;

namespace QueryStream.Contracts.Connectors.Tests;

/// <summary>A text as a record.</summary>
/// <param name="Number">A number that every row has.</param>
/// <param name="Value">The text.</param>
[StreamRecord]
public sealed record Line(int Number, string Value);
