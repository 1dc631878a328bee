using System.Globalization;
using System.Reflection;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Settings;

/// <summary>Binds settings to the properties that carry a <see cref="SettingAttribute"/>. By reflection, once at start.</summary>
public static class SettingsBinder
{
    /// <summary>Makes a record of settings.</summary>
    /// <exception cref="SettingException">A name is unknown or a value is not allowed.</exception>
    public static T Bind<T>(IReadOnlyDictionary<string, string> values)
        where T : new()
    {
        Dictionary<string, PropertyInfo> properties = Properties(typeof(T)).ToDictionary(p => p.Setting.Name, p => p.Property);
        object settings = new T();
        foreach ((string name, string value) in values)
        {
            if (!properties.TryGetValue(name, out PropertyInfo? property))
            {
                throw new SettingException(name, $"is unknown. There are: {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
            }

            property.SetValue(settings, Parse(name, value, property.PropertyType));
        }

        (settings as IValidatedSettings)?.Validate();
        return (T)settings;
    }

    /// <summary>All settings of a type with their defaults, in order of declaration.</summary>
    public static IReadOnlyList<SettingInfo> Describe<T>()
        where T : new()
    {
        T defaults = new();
        return [.. Properties(typeof(T)).Select(p => new SettingInfo(p.Setting.Name, Format(p.Property.GetValue(defaults), p.Property.PropertyType), p.Setting.Description))];
    }

    private static IEnumerable<(SettingAttribute Setting, PropertyInfo Property)> Properties(Type type) =>
        from property in type.GetProperties()
        let setting = property.GetCustomAttribute<SettingAttribute>()
        where setting is not null
        orderby property.MetadataToken
        select (setting, property);

    private static object? Parse(string name, string value, Type type)
    {
        if (type == typeof(string))
        {
            return value;
        }

        if (type == typeof(TimeSpan) || type == typeof(TimeSpan?))
        {
            if (type == typeof(TimeSpan?) && value == "off")
            {
                return null;
            }

            return Durations.TryParse(value, out TimeSpan duration)
                ? duration
                : throw new SettingException(name, $"'{value}' is not a duration. Write a number with a unit: 500ms, 5s, 2min, 1h, 30d{(type == typeof(TimeSpan?) ? ", or off" : "")}.");
        }

        if (type == typeof(int) || type == typeof(long))
        {
            bool isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
            if (!isNumber || (type == typeof(int) && number is < int.MinValue or > int.MaxValue))
            {
                string range = type == typeof(int) ? $"{int.MinValue} to {int.MaxValue}" : $"{long.MinValue} to {long.MaxValue}";
                throw new SettingException(name, $"'{value}' is not a whole number of {range}.");
            }

            return type == typeof(int) ? (object)(int)number : number;
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(value, out bool flag) ? flag : throw new SettingException(name, $"'{value}' is neither true nor false.");
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            return value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }

        return ParseOwn(name, value, type);
    }

    private static object? ParseOwn(string name, string value, Type type)
    {
        MethodInfo parse = type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)])
            ?? throw new InvalidOperationException($"A setting cannot be of type {type}: it has no static Parse(string).");
        try
        {
            return parse.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [value], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            throw new SettingException(name, e.Message);
        }
    }

    private static string Format(object? value, Type type) => value switch
    {
        null => type == typeof(TimeSpan?) ? "off" : "",
        TimeSpan duration => Durations.Format(duration),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> list => string.Join(",", list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
