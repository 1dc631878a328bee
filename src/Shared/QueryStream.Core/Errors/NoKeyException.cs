namespace QueryStream.Core.Errors;

/// <summary>Keyed state or a timer was used where no key is being processed, so that it belongs to nobody.</summary>
/// <param name="what">What was used: <c>Keyed state</c>.</param>
public sealed class NoKeyException(string what) : QueryStreamException(
    $"{what} was used without a key: it can be used while a row or a timer of a key is processed, not in Open, nor later, nor on another thread.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NoKey;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
