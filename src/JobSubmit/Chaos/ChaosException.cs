using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>The job did not survive what was done to it: it died, stopped writing, or wrote something wrong.</summary>
/// <param name="message">What happened, and where to look.</param>
/// <param name="logTail">The last lines of the log of the process; empty if they tell nothing.</param>
internal sealed class ChaosException(string message, string logTail = "") : QueryStreamException(message)
{
    /// <summary>The last lines of the log of the process.</summary>
    public string LogTail { get; } = logTail;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Defect;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
