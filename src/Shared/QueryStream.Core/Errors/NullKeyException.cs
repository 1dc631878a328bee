namespace QueryStream.Core.Errors;

/// <summary>
/// The key of a row is null, so that no subtask could own it. (The missing <see cref="Texts.Text"/> and nullable values are keys.)
/// The operator that asked for the key is named by what runs it.
/// </summary>
/// <param name="type">The key's type.</param>
public sealed class NullKeyException(Type type)
    : QueryStreamException($"The key of a row is null, of type {type.Name}: filter such rows out before KeyBy, or give them a key, such as an empty text.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NullKey;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
