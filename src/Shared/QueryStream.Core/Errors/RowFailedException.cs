namespace QueryStream.Core.Errors;

/// <summary>A function of a job threw. Says at which row or timer, as far as that is known; the operator is named by what runs it.</summary>
/// <param name="position">Where: <c>at offset 17 of split user-queries-2</c>, <c>at row 3 of 20 of a batch from several splits</c>.</param>
/// <param name="cause">What was thrown.</param>
public sealed class RowFailedException(string position, Exception cause)
    : QueryStreamException($"{cause.GetType().Name}: {cause.Message} ({position})", cause)
{
    /// <summary>Where.</summary>
    public string Position { get; } = position;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.RowFailed;

    /// <inheritdoc/>
    public override ErrorDomain Domain => (InnerException as QueryStreamException)?.Domain ?? ErrorDomain.User;
}
