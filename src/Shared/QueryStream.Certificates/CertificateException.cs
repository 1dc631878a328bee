using QueryStream.Core.Errors;

namespace QueryStream.Certificates;

/// <summary>The certificates of a cluster cannot be made, or those of this process cannot be used. The message names the file.</summary>
/// <param name="message">What is wrong, and what to do.</param>
public sealed class CertificateException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
