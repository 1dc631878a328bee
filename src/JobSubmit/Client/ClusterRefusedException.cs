using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Client;

/// <summary>The coordinator refuses a request.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">The kind of error, as the coordinator names it.</param>
/// <param name="message">What it says.</param>
internal sealed class ClusterRefusedException(int status, ErrorCode code, string message) : QueryStreamException(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <inheritdoc/>
    public override ErrorCode Code { get; } = code;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
