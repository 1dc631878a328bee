using System.Globalization;
using System.Reflection;
using System.Text;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Settings;

/// <summary>
/// The text form of setting values. Types: <c>string</c>, <c>bool</c>, <c>int</c>, <c>long</c>, <c>ulong</c>, <c>double</c>, <c>decimal</c>,
/// <see cref="TimeSpan"/> (<c>500ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>, <c>30d</c>), enums (<c>quick-fix</c> or <c>QUICK_FIX</c> for
/// <c>QuickFix</c>),
/// <c>IReadOnlyList&lt;string&gt;</c> (separated by commas), types with a static <c>Parse(string, IFormatProvider)</c> or
/// <c>Parse(string)</c>, and the nullable forms of value types (<c>off</c> for null). Independent of the machine's culture.
/// </summary>
public static class SettingValue
{
    private const string Off = "off";

    private delegate bool Parser(string text, out object? value);

    // The parser of each type, and the description of its values.
    private static readonly Dictionary<Type, (Parser Parse, string Allowed)> Types = new()
    {
        [typeof(string)] = (Of<string>(static (string text, out string value) => (value = text) is not null), "text"),
        [typeof(bool)] = (Of<bool>(bool.TryParse), "true or false"),
        [typeof(int)] = (Of(
            static (string text, out int value) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)),
            $"a whole number from {int.MinValue} to {int.MaxValue}"),
        [typeof(long)] = (Of(
            static (string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)),
            $"a whole number from {long.MinValue} to {long.MaxValue}"),
        [typeof(ulong)] = (Of(
            static (string text, out ulong value) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)),
            $"a whole number from 0 to {ulong.MaxValue}"),
        [typeof(double)] = (Of(
            static (string text, out double value) =>
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)),
            "a finite number with a decimal point, for example 0.5"),
        [typeof(decimal)] = (Of(
            static (string text, out decimal value) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)),
            "a number with a decimal point, for example 0.5"),
        [typeof(TimeSpan)] = (Of<TimeSpan>(Durations.TryParse), "a duration: a number with a unit, 500ms, 5s, 2min, 1h or 30d"),
        [typeof(IReadOnlyList<string>)] = (Of<IReadOnlyList<string>>(TrySplit), "texts separated by commas"),
    };

    private delegate bool Parser<T>(string text, out T value);

    /// <summary>Reads a value.</summary>
    /// <param name="text">The value as text.</param>
    /// <param name="value">The value; the type's default if there is none.</param>
    /// <returns>Whether the type allows it.</returns>
    /// <exception cref="NotSupportedException">A setting cannot have the type.</exception>
    public static bool TryParse<T>(string text, out T? value)
    {
        bool isAllowed = TryParse(typeof(T), text, out object? parsed, out _);
        value = parsed is T typed ? typed : default;
        return isAllowed;
    }

    /// <summary>Reads a value.</summary>
    /// <param name="type">The type.</param>
    /// <param name="text">The value as text.</param>
    /// <param name="value">The value; null if there is none.</param>
    /// <param name="problem">A sentence with the value and the allowed ones; empty if the value is allowed.</param>
    /// <returns>Whether the type allows it.</returns>
    /// <exception cref="NotSupportedException">A setting cannot have the type.</exception>
    public static bool TryParse(Type type, string text, out object? value, out string problem)
    {
        value = null;
        problem = "";
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            if (text == Off || TryParse(underlying, text, out value, out problem))
            {
                return true;
            }

            problem = $"{problem.TrimEnd('.')}, or {Off}.";
            return false;
        }

        if (type.IsEnum)
        {
            object[] members = [.. Enum.GetValues(type).Cast<object>()];
            value = members.FirstOrDefault(member =>
                string.Equals(Format(member, type), text.Replace('_', '-'), StringComparison.OrdinalIgnoreCase)
                    || string.Equals(member.ToString(), text, StringComparison.OrdinalIgnoreCase));
            problem = value is null ? NotAllowed(text, $"one of {string.Join(", ", members.Select(member => Format(member, type)))}") : "";
            return value is not null;
        }

        if (Types.TryGetValue(type, out (Parser Parse, string Allowed) known))
        {
            bool isAllowed = known.Parse(text, out value);
            problem = isAllowed ? "" : NotAllowed(text, known.Allowed);
            return isAllowed;
        }

        return TryParseOwn(type, text, out value, out problem);
    }

    /// <summary>Writes a value as <see cref="TryParse(Type, string, out object, out string)"/> reads it.</summary>
    public static string Format(object? value, Type type) => value switch
    {
        null => Nullable.GetUnderlyingType(type) is null ? "" : Off,
        TimeSpan duration => Durations.Format(duration),
        bool flag => flag ? "true" : "false",
        IReadOnlyList<string> list => string.Join(",", list),
        Enum member => Dashed(member.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>The reason why a setting cannot have a type; null if it can.</summary>
    internal static string? ProblemWith(Type type)
    {
        Type bare = Nullable.GetUnderlyingType(type) ?? type;
        IEnumerable<string> names = Types.Keys.Where(known => !known.IsInterface).Select(known => known.Name);
        return bare.IsEnum || Types.ContainsKey(bare) || ParseMethod(bare) is not null
            ? null
            : $"the type {type.Name} has no text form. Use {string.Join(", ", names)}, IReadOnlyList<string>, an enum, "
                + "or a type with a static Parse(string)";
    }

    private static bool TrySplit(string text, out IReadOnlyList<string> value)
    {
        value = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return true;
    }

    private static Parser Of<T>(Parser<T> parser) => (string text, out object? value) =>
    {
        bool isAllowed = parser(text, out T parsed);
        value = isAllowed ? parsed : null;
        return isAllowed;
    };

    private static bool TryParseOwn(Type type, string text, out object? value, out string problem)
    {
        MethodInfo parse = ParseMethod(type) ?? throw new NotSupportedException($"A setting cannot have the type {type}.");
        object?[] arguments = parse.GetParameters().Length == 1 ? [text] : [text, CultureInfo.InvariantCulture];
        try
        {
            value = parse.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture);
            problem = "";
            return true;
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException)
        {
            value = null;
            problem = e.Message;
            return false;
        }
    }

    // Prefers the overload with a culture, since types such as DateTimeOffset otherwise use the machine's culture.
    private static MethodInfo? ParseMethod(Type type) =>
        type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string), typeof(IFormatProvider)])
        ?? type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]);

    private static string NotAllowed(string text, string allowed) => $"'{text}' is not {allowed}.";

    // QuickFix as quick-fix.
    private static string Dashed(string name)
    {
        StringBuilder text = new();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && !char.IsUpper(name[i - 1]))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
