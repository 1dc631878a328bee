using System.Globalization;

namespace QueryStream.Core.Time;

/// <summary>Durations in the syntax of settings: <c>500ms</c>, <c>5s</c>, <c>2min</c>, <c>1h</c>, <c>30d</c>.</summary>
public static class Durations
{
    private const decimal MaxMilliseconds = 10_000 * 86_400_000m;

    // Decimal, so that 4.35h is a whole number of seconds. Longer suffixes first, so that "ms" is not read as "s".
    private static readonly (string Suffix, decimal Milliseconds)[] Units =
        [("min", 60_000), ("ms", 1), ("s", 1_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>Reads a duration with a unit. A bare number is not accepted, since it has different units in Flink and .NET.</summary>
    /// <returns>Whether <paramref name="text"/> is a duration from 0 to 10,000 days.</returns>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        string trimmed = text.Trim();
        foreach ((string suffix, decimal milliseconds) in Units)
        {
            if (!trimmed.EndsWith(suffix, StringComparison.Ordinal))
            {
                continue;
            }

            string number = trimmed[..^suffix.Length].TrimEnd();
            if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)
                || value > MaxMilliseconds / milliseconds)
            {
                return false;
            }

            duration = TimeSpan.FromTicks((long)(value * milliseconds * TimeSpan.TicksPerMillisecond));
            return true;
        }

        return false;
    }

    /// <summary>Writes a duration in the largest unit that keeps it whole, else in milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        decimal milliseconds = (decimal)duration.Ticks / TimeSpan.TicksPerMillisecond;
        (long Unit, string Suffix)[] wholes = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")];
        foreach ((long unit, string suffix) in wholes)
        {
            if (milliseconds != 0 && milliseconds % unit == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / unit:0}{suffix}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.####}ms");
    }
}
