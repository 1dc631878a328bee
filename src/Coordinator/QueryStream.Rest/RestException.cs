using QueryStream.Core.Errors;

namespace QueryStream.Rest;

/// <summary>A request is refused with a status.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class RestException(int status, string message) : QueryStreamException(message)
{
    public int Status { get; } = status;

    /// <inheritdoc/>
    public override ErrorCode Code => Status switch
    {
        404 => ErrorCode.JobNotFound,
        307 or 503 => ErrorCode.ServiceUnavailable,
        _ => ErrorCode.ServiceRefused,
    };

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
