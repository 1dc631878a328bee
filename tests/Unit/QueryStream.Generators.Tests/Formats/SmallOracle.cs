using QueryStream.Streams;
using QueryStream.Streams.Records;

namespace QueryStream.Generators.Tests.Formats;

/// <summary>Few members, so that a random change of the text often hits one.</summary>
[StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
public sealed record SmallOracle(int A, string? B, bool C, double? D, List<int>? E, SmallOracle.Part? F, decimal G)
{
    [StreamRecord(JsonNaming = JsonNaming.AsDeclared)]
    public sealed record Part(long X, string[]? Y);
}
