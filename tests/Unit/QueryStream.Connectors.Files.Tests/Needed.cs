using QueryStream.Streams;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>A record of which a member must be there.</summary>
[StreamRecord]
public sealed record Needed
{
    public required int Id { get; init; }

    public string? Name { get; init; }
}
