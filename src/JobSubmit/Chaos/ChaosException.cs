using QueryStream.Core.Errors;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>The job did not recover: it ended, stopped writing, or wrote wrong output.</summary>
/// <param name="message">What happened, and where to look.</param>
/// <param name="logTail">The last lines of the process's log; empty if they do not help.</param>
internal sealed class ChaosException(string message, string logTail = "") : QueryStreamException(message)
{
    /// <summary>The last lines of the log of the process.</summary>
    public string LogTail { get; } = logTail;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Defect;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
