using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Formats;

/// <summary>Few members, so that a random change of the text often hits one.</summary>
[StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
public sealed record SmallOracle(int A, bool C, decimal G, string? B = null, double? D = null, List<int>? E = null, SmallOracle.Part? F = null)
{
    [StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
    public sealed record Part(long X, string?[]? Y = null);
}
