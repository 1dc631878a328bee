using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>What tasks of one job have counted since they began. Sent about once a second, and for each task a last time before its end.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Tasks">The tasks; those that are missing have not changed.</param>
public sealed record MetricsReport(JobId Job, Attempt Attempt, IReadOnlyList<TaskSample> Tasks) : JobReport(Job, Attempt);
