namespace QueryStream.Streams.Settings;

/// <summary>
/// Marks a property as a setting; its initial value is the default. The property needs a setter (<c>init</c> is enough) and one of the types of
/// <see cref="SettingValue"/>. A class with rules beyond the types of its properties implements <see cref="IValidatedSettings"/>.
/// </summary>
/// <param name="name">The name: ASCII letters, digits, dashes, dots and underscores; unique within its class, ignoring case.</param>
/// <param name="description">One line for people: meaning, unit, range.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string description) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>One line for people.</summary>
    public string Description { get; } = description;
}

/// <summary>Settings with rules beyond the types of their properties.</summary>
public interface IValidatedSettings
{
    /// <summary>Called once all values are bound.</summary>
    /// <exception cref="Core.Errors.SettingException">A value is not allowed; names the setting, its value and the allowed ones.</exception>
    void Validate();
}

/// <summary>A setting in listings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its default in the syntax of settings; empty if there is none.</param>
/// <param name="Description">One line.</param>
public sealed record SettingInfo(string Name, string Default, string Description);
