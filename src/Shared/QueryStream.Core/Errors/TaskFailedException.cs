namespace QueryStream.Core.Errors;

/// <summary>A task threw, and its job ended FAILED.</summary>
/// <param name="operatorName">The operator in whose code it happened.</param>
/// <param name="subtask">From 0.</param>
/// <param name="parallelism">Of the vertex.</param>
/// <param name="cause">What was thrown.</param>
public sealed class TaskFailedException(string operatorName, int subtask, int parallelism, Exception cause) : QueryStreamException(
    $"{operatorName} ({subtask + 1}/{parallelism}) failed: {Describe(cause)}", cause)
{
    /// <summary>The operator in whose code it happened.</summary>
    public string OperatorName { get; } = operatorName;

    /// <summary>From 0.</summary>
    public int Subtask { get; } = subtask;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.TaskFailed;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;

    // The message of a failed row begins with what its function threw, which says more than that a row failed.
    private static string Describe(Exception cause)
    {
        string type = (cause as RemoteException)?.TypeName ?? cause.GetType().Name;
        return type == nameof(RowFailedException) ? cause.Message : $"{type}: {cause.Message}";
    }
}
