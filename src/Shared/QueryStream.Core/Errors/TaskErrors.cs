using QueryStream.Core.Time;

namespace QueryStream.Core.Errors;

/// <summary>A task threw: its job restarts, or ends FAILED with this error.</summary>
/// <param name="operatorName">The operator that threw.</param>
/// <param name="subtask">From 0.</param>
/// <param name="parallelism">Of the vertex.</param>
/// <param name="cause">What was thrown.</param>
public sealed class TaskFailedException(string operatorName, int subtask, int parallelism, Exception cause) : QueryStreamException(
    $"{operatorName} ({subtask + 1}/{parallelism}) failed: {Describe(cause)}", cause)
{
    /// <summary>The operator that threw.</summary>
    public string OperatorName { get; } = operatorName;

    /// <summary>From 0.</summary>
    public int Subtask { get; } = subtask;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.TaskFailed;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;

    // The message of a RowFailedException begins with the exception of the function.
    private static string Describe(Exception cause)
    {
        string type = (cause as RemoteException)?.TypeName ?? cause.GetType().Name;
        return type == nameof(RowFailedException) ? cause.Message : $"{type}: {cause.Message}";
    }
}

/// <summary>A function of a job threw. Holds the row or timer, as far as it is known; the task adds the operator's name.</summary>
/// <param name="position">
/// Where: <c>at offset 17 of split user-queries-2</c>, <c>at a row from Source: orders (2/3), made of offsets 100 to 612 of split orders-1</c>.
/// </param>
/// <param name="cause">What was thrown.</param>
public sealed class RowFailedException(string position, Exception cause)
    : QueryStreamException($"{cause.GetType().Name}: {cause.Message} ({position})", cause)
{
    /// <summary>Where.</summary>
    public string Position { get; } = position;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.RowFailed;

    /// <inheritdoc/>
    public override ErrorDomain Domain => (InnerException as QueryStreamException)?.Domain ?? ErrorDomain.User;
}

/// <summary>An asynchronous function did not answer in time, including its retries.</summary>
/// <param name="timeout">The limit.</param>
/// <param name="attempts">How often it was called.</param>
public sealed class FunctionTimeoutException(TimeSpan timeout, int attempts) : QueryStreamException(
    $"No answer within {Durations.Format(timeout)}, after {attempts} {(attempts == 1 ? "attempt" : "attempts")}.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.FunctionTimeout;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>An exception from another process whose type this process does not rebuild, for example one of a job or a library.</summary>
/// <param name="typeName">The type of the original, without its namespace.</param>
/// <param name="message">The original's message.</param>
/// <param name="remoteStackTrace">The stack trace; empty if it is unknown.</param>
/// <param name="innerException">What the original was caused by.</param>
public sealed class RemoteException(string typeName, string message, string remoteStackTrace, Exception? innerException = null)
    : QueryStreamException(message, innerException)
{
    /// <summary>The type of the original, without its namespace.</summary>
    public string TypeName { get; } = typeName;

    /// <inheritdoc/>
    public override string? StackTrace => remoteStackTrace.Length > 0 ? remoteStackTrace : base.StackTrace;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Remote;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
