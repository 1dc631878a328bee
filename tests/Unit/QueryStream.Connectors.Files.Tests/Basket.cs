using QueryStream.Streams;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A record that is not flat.</summary>
[StreamRecord]
public sealed record Basket(int Id, List<int> Items);
