using QueryStream.Core.Errors;

namespace QueryStream.Rest;

/// <summary>A request is refused with a status.</summary>
public sealed class RestException : QueryStreamException
{
    private readonly ErrorCode? _code;

    /// <summary>Creates the error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="code">The kind of error; null: the one of the status.</param>
    internal RestException(int status, string message, ErrorCode? code = null)
        : base(message) => (Status, _code) = (status, code);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>The field of the request that is wrong, by its name in JSON; null: no single one.</summary>
    public string? Field { get; internal init; }

    /// <inheritdoc/>
    public override ErrorCode Code => _code ?? (Status is 307 or 503 ? ErrorCode.ServiceUnavailable : ErrorCode.ServiceRefused);

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
