namespace QueryStream.Runtime.Tests.Properties;

/// <summary>One thing that happens in a scenario.</summary>
/// <param name="Kind">What.</param>
/// <param name="Split">Of rows and proofs.</param>
/// <param name="Key">Of rows.</param>
/// <param name="Value">Of rows: the event time. Of turns: how many. Of the clock: by how many milliseconds.</param>
public readonly record struct Step(StepKind Kind, int Split = 0, int Key = 0, long Value = 0)
{
    public override string ToString() => Kind switch
    {
        StepKind.Row => $"Row(split {Split}, key {Key}, {Value})",
        StepKind.Turns => $"Turns({Value})",
        StepKind.Clock => $"Clock(+{Value})",
        StepKind.Proof => $"Proof(split {Split})",
        _ => "Rest",
    };
}
