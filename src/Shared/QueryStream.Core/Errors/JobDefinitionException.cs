namespace QueryStream.Core.Errors;

/// <summary>A job's definition cannot run: names the operator or type, what is wrong with it, and what is allowed.</summary>
public sealed class JobDefinitionException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobDefinition;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
