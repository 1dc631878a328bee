using System.Reflection;
using QueryStream.Core.Errors;

namespace QueryStream.Streams.Settings;

/// <summary>Binds values to the properties that have a <see cref="SettingAttribute"/>: settings of jobs and options of processes.</summary>
public static class SettingsBinder
{
    /// <summary>Creates an instance with its settings bound and validated.</summary>
    /// <exception cref="SettingException">A name is unknown or a value is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The class declares a setting that cannot be bound.</exception>
    public static T Bind<T>(IReadOnlyDictionary<string, string> values)
        where T : new()
    {
        // Boxed, so that a struct is bound in place too.
        object settings = new T();
        Bind(settings, values);
        return (T)settings;
    }

    /// <summary>Binds and validates the settings of an instance. Settings without a value keep theirs.</summary>
    /// <exception cref="SettingException">A name is unknown or a value is not allowed.</exception>
    /// <exception cref="JobDefinitionException">The class declares a setting that cannot be bound.</exception>
    public static void Bind(object settings, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(values);
        Dictionary<string, PropertyInfo> properties = Properties(settings.GetType()).ToDictionary(p => p.Setting.Name, p => p.Property);
        foreach ((string name, string text) in values)
        {
            if (!properties.TryGetValue(name, out PropertyInfo? property))
            {
                throw Unknown(name, properties.Keys);
            }

            if (!SettingValue.TryParse(property.PropertyType, text, out object? value, out string problem))
            {
                throw new SettingException(name, problem);
            }

            property.SetValue(settings, value);
        }

        (settings as IValidatedSettings)?.Validate();
    }

    /// <summary>The settings of a class with their defaults, in order of declaration.</summary>
    /// <exception cref="JobDefinitionException">The class declares a setting that cannot be bound.</exception>
    public static IReadOnlyList<SettingInfo> Describe<T>()
        where T : new() => Describe(new T());

    /// <summary>The settings of an instance with its values as defaults, in order of declaration.</summary>
    /// <exception cref="JobDefinitionException">The class declares a setting that cannot be bound.</exception>
    public static IReadOnlyList<SettingInfo> Describe(object settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return
        [
            .. from setting in Properties(settings.GetType())
               let value = SettingValue.Format(setting.Property.GetValue(settings), setting.Property.PropertyType)
               select new SettingInfo(setting.Setting.Name, value, setting.Setting.Description),
        ];
    }

    /// <summary>The error for a setting that does not exist.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="existing">The settings that exist.</param>
    public static SettingException Unknown(string name, IEnumerable<string> existing)
    {
        string[] names = [.. existing.Order(StringComparer.Ordinal)];
        return new SettingException(name, names.Length == 0
            ? "is unknown: there are no settings. Settings are properties with a [Setting] attribute."
            : $"is unknown. There are: {string.Join(", ", names)}.");
    }

    // Checks all declarations, also those without a value, so that mistakes show early.
    private static List<(SettingAttribute Setting, PropertyInfo Property)> Properties(Type type)
    {
        List<(SettingAttribute Setting, PropertyInfo Property)> all =
        [
            .. from property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
               let setting = property.GetCustomAttribute<SettingAttribute>()
               where setting is not null
               orderby property.MetadataToken
               select (setting, property),
        ];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach ((SettingAttribute setting, PropertyInfo property) in all)
        {
            string? problem =
                !IsName(setting.Name) ? "its name must consist of letters, digits, dashes, dots and underscores"
                : !names.Add(setting.Name) ? "another property has the same name"
                : property.GetMethod is not { IsPublic: true } ? "the property must be public"
                : property.SetMethod is null ? "the property has no setter: add init"
                : SettingValue.ProblemWith(property.PropertyType);
            if (problem is not null)
            {
                throw new JobDefinitionException($"Setting '{setting.Name}' of {type.Name}.{property.Name} cannot be bound: {problem}.");
            }
        }

        return all;
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
