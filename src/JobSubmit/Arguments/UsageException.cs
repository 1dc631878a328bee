using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Arguments;

/// <summary>The command line asks for what is not there, or leaves out what is needed.</summary>
/// <param name="message">What is wrong, and what there is.</param>
internal sealed class UsageException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
