namespace QueryStream.Core.Errors;

/// <summary>A system outside of QueryStream refuses what was asked of it: a topic that does not exist, a command without permission.</summary>
/// <param name="service">Its name: Kafka, Redis.</param>
/// <param name="message">What was asked, what it said, what to do.</param>
/// <param name="innerException">What the client library said.</param>
public sealed class ServiceRefusedException(string service, string message, Exception? innerException = null)
    : QueryStreamException(message, innerException)
{
    /// <summary>Its name.</summary>
    public string Service { get; } = service;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
