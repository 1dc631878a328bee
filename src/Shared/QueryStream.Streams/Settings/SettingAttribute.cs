namespace QueryStream.Streams.Settings;

/// <summary>
/// Makes a property settable from outside. Types: string, int, long, bool, TimeSpan (<c>5s</c>), TimeSpan? (<c>off</c> for null),
/// a list of strings (separated by commas), and a type with a static <c>Parse(string)</c>. The property's initial value is the default.
/// A type may validate further by implementing <see cref="IValidatedSettings"/>.
/// </summary>
/// <param name="name">The name, in lower case with dashes and dots.</param>
/// <param name="description">One line for people: meaning, unit, range.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string description) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>One line for people.</summary>
    public string Description { get; } = description;
}
