namespace QueryStream.Core.Errors;

/// <summary>The ends of a channel were not made from the same job, attempt or version, so that nothing may cross it.</summary>
/// <param name="message">Which channel, what differs, both values, what to do.</param>
public sealed class ChannelRefusedException(string message) : QueryStreamException(message)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ChannelRefused;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}

/// <summary>The connection of a channel broke: what was under way is lost, so the attempt fails and starts again from a snapshot.</summary>
/// <param name="message">Which channel, and what happened to the connection.</param>
/// <param name="innerException">What it was caused by.</param>
public sealed class ChannelLostException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.ChannelLost;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
