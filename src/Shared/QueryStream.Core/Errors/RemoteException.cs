namespace QueryStream.Core.Errors;

/// <summary>What was thrown in another process, where it is of a type that is not rebuilt here: code of a job, of a library.</summary>
/// <param name="typeName">The type of the original, without its namespace.</param>
/// <param name="message">The original's message.</param>
/// <param name="remoteStackTrace">Where it was thrown; empty where that is unknown.</param>
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
