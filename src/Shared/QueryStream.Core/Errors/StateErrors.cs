namespace QueryStream.Core.Errors;

/// <summary>
/// State is asked for that there cannot be: the job has no such operator, or it has no keyed state, or a text is no key of it. Or it is too large to
/// be shown. The message says what there is, and what to do.
/// </summary>
/// <param name="message">What is wrong.</param>
public sealed class StateQueryException(string message) : QueryStreamException(message)
{
    /// <summary>Whether the job has no such operator.</summary>
    public bool IsMissing { get; init; }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.StateQuery;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>The task that owns a key has not answered in time: it is busy, it moves, or its job does not run. Worth trying again.</summary>
/// <param name="message">What was waited for, and how long.</param>
public sealed class StateUnavailableException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.StateUnavailable;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
