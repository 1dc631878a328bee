namespace QueryStream.Core.Errors;

/// <summary>A setting is unknown or has a value that is not allowed.</summary>
/// <param name="setting">The setting's name, as the user writes it.</param>
/// <param name="problem">A sentence: the value seen, the values allowed.</param>
public sealed class SettingException(string setting, string problem) : QueryStreamException($"Setting '{setting}': {problem}")
{
    /// <summary>The setting's name.</summary>
    public string Setting { get; } = setting;

    /// <summary>A sentence: the value seen, the values allowed.</summary>
    public string Problem { get; } = problem;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}
