namespace QueryStream.Core.Errors;

/// <summary>A job's own partitioning chose a subtask, or a partition outside, that there is not.</summary>
public sealed class PartitionException : QueryStreamException
{
    /// <summary>A subtask that there is not.</summary>
    /// <param name="chosen">What was chosen.</param>
    /// <param name="subtasks">How many there are.</param>
    public PartitionException(int chosen, int subtasks)
        : this($"The function of PartitionBy chose subtask {chosen}: 0 to {subtasks - 1} are possible.")
    {
    }

    /// <summary>A partition of another system.</summary>
    /// <param name="message">What was to go where, and where it may go.</param>
    public PartitionException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Partition;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
