using QueryStream.Core.Errors;

namespace QueryStream.Coordinator;

/// <summary>The answer to a request to run a job at another parallelism.</summary>
/// <param name="Former">The parallelism at which it has run until then.</param>
/// <param name="Wanted">The one that is wanted now.</param>
/// <param name="Restarts">
/// Whether it restarts for that. If not, it has the parallelism already, or, with the adaptive scheduler, no slots are free for more, and it is
/// scaled up when there are.
/// </param>
public sealed record RescaleResult(int Former, int Wanted, bool Restarts);

/// <summary>A job cannot run at another parallelism now, and goes on as before.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="code">The kind of error.</param>
public sealed class RescaleRefusedException(string message, ErrorCode code = ErrorCode.ServiceRefused) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code { get; } = code;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
