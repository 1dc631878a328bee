namespace QueryStream.Core.Errors;

/// <summary>A system outside of QueryStream does not answer.</summary>
/// <param name="service">Its name: Kafka, Redis.</param>
/// <param name="address">Where it was looked for, as HOST:PORT.</param>
/// <param name="message">The whole message, with the setting that holds the address.</param>
/// <param name="innerException">What the client library said.</param>
public sealed class ServiceUnavailableException(string service, string address, string message, Exception? innerException = null)
    : QueryStreamException(message, innerException)
{
    /// <summary>Its name.</summary>
    public string Service { get; } = service;

    /// <summary>Where it was looked for.</summary>
    public string Address { get; } = address;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ServiceUnavailable;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
