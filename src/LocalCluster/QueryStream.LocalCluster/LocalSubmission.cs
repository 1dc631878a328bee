using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>How a job is run in a <see cref="LocalCluster"/>.</summary>
/// <param name="Settings">The job's settings.</param>
/// <param name="Parallelism">The parallelism of operators that set none.</param>
public sealed record LocalSubmission(JobSettings Settings, int Parallelism)
{
    /// <inheritdoc cref="JobSubmission.Options"/>
    public ExecutionOptions Options { get; init; } = ExecutionOptions.Default;

    /// <inheritdoc cref="JobSubmission.Restore"/>
    public string? Restore { get; init; }

    /// <inheritdoc cref="JobSubmission.AllowNonRestoredState"/>
    public bool AllowNonRestoredState { get; init; }

    internal JobSubmission Of(JobReference job) => new(job, Settings, Parallelism)
    {
        Options = Options,
        Restore = Restore,
        AllowNonRestoredState = AllowNonRestoredState,
    };
}
