using QueryStream.Core.Identity;

namespace QueryStream.Core.Metrics;

/// <summary>What has passed an operator of one task since the task began, in rows.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="In">What came in.</param>
/// <param name="Out">What went out.</param>
public sealed record OperatorFlow(OperatorId Operator, long In, long Out)
{
    /// <summary>What was dropped on purpose.</summary>
    public long Filtered { get; init; }

    /// <summary>What was too late.</summary>
    public long Late { get; init; }

    /// <summary>What failed.</summary>
    public long DeadLettered { get; init; }
}
