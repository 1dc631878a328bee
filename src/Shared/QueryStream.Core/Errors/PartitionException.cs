namespace QueryStream.Core.Errors;

/// <summary>A job's own partitioning chose a subtask that there is not.</summary>
/// <param name="chosen">What it chose.</param>
/// <param name="subtasks">How many there are.</param>
public sealed class PartitionException(int chosen, int subtasks) : QueryStreamException(
    $"The function of PartitionBy chose subtask {chosen}: 0 to {subtasks - 1} are possible.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Partition;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
