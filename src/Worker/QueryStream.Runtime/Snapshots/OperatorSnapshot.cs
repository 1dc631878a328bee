using QueryStream.Core.Identity;

namespace QueryStream.Runtime.Snapshots;

/// <summary>The state of an operator: of one subtask as it was written, or of all of them together. Immutable.</summary>
/// <param name="Operator">Which operator.</param>
/// <param name="Name">Its name when it was written, for errors.</param>
/// <param name="States">Its states.</param>
public sealed record OperatorSnapshot(OperatorId Operator, string Name, IReadOnlyList<StateSnapshot> States);
