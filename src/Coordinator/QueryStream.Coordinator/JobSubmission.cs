using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator;

/// <summary>A request to run a job.</summary>
/// <param name="Reference">Names the job.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Parallelism">How many subtasks each of its vertices has, and so how many slots it needs.</param>
public sealed record JobSubmission(JobReference Reference, JobSettings Settings, int Parallelism)
{
    /// <summary>The job's display name; null: the one that it gives itself.</summary>
    public string? Name { get; init; }

    /// <summary>What the job is called as long as its graph, which has its name, is not built.</summary>
    public string ProvisionalName => Name ?? Reference.TypeName;

    /// <summary>Its checkpoints and restarts.</summary>
    public ExecutionOptions Options { get; init; } = ExecutionOptions.Default;

    /// <summary>
    /// The path of the checkpoint or savepoint to start from, or <c>latest</c>: the job's latest checkpoint in the directory of its checkpoints, if
    /// there is one. Null: it starts without state.
    /// </summary>
    public string? Restore { get; init; }

    /// <summary>Whether state is dropped that no operator of the job claims; otherwise the job is refused.</summary>
    public bool AllowNonRestoredState { get; init; }
}
