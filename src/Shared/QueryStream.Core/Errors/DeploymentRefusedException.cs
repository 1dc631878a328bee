namespace QueryStream.Core.Errors;

/// <summary>A worker cannot run what it was told to: it has built another graph, or has no such slot.</summary>
/// <param name="message">Which worker and job, the value seen, the value wanted, what to do.</param>
/// <param name="innerException">What it was caused by.</param>
public sealed class DeploymentRefusedException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.DeploymentRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
