using QueryStream.Core.Errors;

namespace QueryStream.Rest;

/// <summary>A request is refused with a status.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="code">The kind of error; null: the one of the status.</param>
internal sealed class RestException(int status, string message, ErrorCode? code = null) : QueryStreamException(message)
{
    public int Status { get; } = status;

    /// <inheritdoc/>
    public override ErrorCode Code => code ?? (Status is 307 or 503 ? ErrorCode.ServiceUnavailable : ErrorCode.ServiceRefused);

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
