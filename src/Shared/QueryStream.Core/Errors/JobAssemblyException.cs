namespace QueryStream.Core.Errors;

/// <summary>The assembly of a job cannot be loaded, or has no such job: names the file, what is wrong with it, and what to do.</summary>
public sealed class JobAssemblyException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobAssembly;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
