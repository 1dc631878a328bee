using QueryStream.Core.Errors;

namespace QueryStream.Coordinator.Jobs;

/// <summary>No failure: subtasks move to a worker with free slots, since others have more of the job than it.</summary>
internal sealed class SubtasksSpreadException() : QueryStreamException("Subtasks spread to workers that have joined.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobRescaled;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
