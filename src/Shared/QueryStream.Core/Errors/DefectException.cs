namespace QueryStream.Core.Errors;

/// <summary>A part of QueryStream itself threw where it must not: a defect, reported to those who wait for that part.</summary>
/// <param name="part">Which part, with the id of what it was working for.</param>
/// <param name="innerException">What it threw.</param>
public sealed class DefectException(string part, Exception innerException) : QueryStreamException(
    $"{part} stopped by a defect: {innerException.GetType().Name}: {innerException.Message}. Please report it with the log.", innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Defect;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.Internal;
}
