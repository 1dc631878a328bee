namespace QueryStream.Core.Errors;

/// <summary>An asynchronous function did not answer in time, retries included.</summary>
/// <param name="timeout">The time that it had.</param>
/// <param name="attempts">How often it was called.</param>
public sealed class FunctionTimeoutException(TimeSpan timeout, int attempts) : QueryStreamException(
    $"No answer within {timeout}, after {attempts} {(attempts == 1 ? "attempt" : "attempts")}.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.FunctionTimeout;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
