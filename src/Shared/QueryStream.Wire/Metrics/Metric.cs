using System.Globalization;

namespace QueryStream.Wire.Metrics;

/// <summary>One metric with its value, under the name that Flink gives it, or a name of ours where it has none.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Number">Its value; not a number where it is a text.</param>
/// <param name="Text">Its value as REST answers write it.</param>
public readonly record struct Metric(string Id, double Number, string Text)
{
    /// <summary>A count, a size, or a time in whole units.</summary>
    public static Metric Of(string id, long value) => new(id, value, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A rate or a ratio.</summary>
    public static Metric Of(string id, double value) => new(id, value, TextOf(value));

    /// <summary>A text.</summary>
    public static Metric Of(string id, string value) => new(id, double.NaN, value);

    // Flink's clients tell a rate from a count by its point.
    private static string TextOf(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        return double.IsFinite(value) && !text.AsSpan().ContainsAny('.', 'E') ? text + ".0" : text;
    }
}
