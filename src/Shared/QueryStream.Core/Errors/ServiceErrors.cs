namespace QueryStream.Core.Errors;

/// <summary>A system outside of QueryStream does not answer.</summary>
/// <param name="service">Its name: Kafka, Redis.</param>
/// <param name="address">Its address, HOST:PORT.</param>
/// <param name="message">The whole message, with the setting that holds the address.</param>
/// <param name="innerException">The error of the client library.</param>
public sealed class ServiceUnavailableException(string service, string address, string message, Exception? innerException = null)
    : QueryStreamException(message, innerException)
{
    /// <summary>Its name.</summary>
    public string Service { get; } = service;

    /// <summary>Its address.</summary>
    public string Address { get; } = address;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceUnavailable;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>
/// A system outside of QueryStream refuses a request, and would refuse it again: a topic that does not exist, a command without permission.
/// </summary>
/// <param name="service">Its name: Kafka, Redis.</param>
/// <param name="message">The request, the answer, and what to do.</param>
/// <param name="innerException">The error of the client library.</param>
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
