namespace QueryStream.Wire.Control;

/// <summary>Why a task failed.</summary>
/// <param name="OperatorName">The operator in whose code it happened.</param>
/// <param name="Cause">What was thrown.</param>
public sealed record TaskFailure(string OperatorName, ErrorInfo Cause);
