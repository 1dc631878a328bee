namespace QueryStream.Core.Errors;

/// <summary>Stored state cannot become the state of a job: names the operator, the state, and the member where one is to blame.</summary>
public sealed class StateRestoreException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.StateRestore;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
