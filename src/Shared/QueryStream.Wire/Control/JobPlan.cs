using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>What a worker builds the graph of a job from, as the coordinator did.</summary>
/// <param name="Reference">Names the job.</param>
/// <param name="Settings">Its settings as captured at submission.</param>
/// <param name="Parallelism">Its parallelism.</param>
/// <param name="Fingerprint">Of the coordinator's graph: a worker that builds another one refuses.</param>
public sealed record JobPlan(JobReference Reference, IReadOnlyDictionary<string, string> Settings, int Parallelism, string Fingerprint);
