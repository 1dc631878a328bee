namespace QueryStream.Streams.Settings;

/// <summary>Settings with rules beyond their types.</summary>
public interface IValidatedSettings
{
    /// <summary>Called once all values are bound.</summary>
    /// <exception cref="Core.Errors.SettingException">A value is not allowed; names the setting, the value seen and those allowed.</exception>
    void Validate();
}
