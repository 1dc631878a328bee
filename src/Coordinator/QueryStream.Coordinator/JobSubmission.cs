using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator;

/// <summary>What is asked of the cluster: run this job.</summary>
/// <param name="Reference">Names the job.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Parallelism">How many subtasks each of its vertices has, and so how many slots it needs.</param>
public sealed record JobSubmission(JobReference Reference, JobSettings Settings, int Parallelism);
