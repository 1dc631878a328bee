using QueryStream.Streams;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A record of one column.</summary>
[StreamRecord]
public sealed record Only(string? Name);
