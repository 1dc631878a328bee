using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Web.Texts;

/// <summary>Figures as people read them. What is not known is a dash, never a number.</summary>
internal static class Show
{
    /// <summary>What is not known.</summary>
    public const string Unknown = "–";

    // The years 1 and 9999.
    private const long MinCalendar = -62_135_596_800_000;
    private const long MaxCalendar = 253_402_300_799_999;

    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>A whole number: <c>1,234,567</c>.</summary>
    public static string Count(long? number) => number is { } known ? known.ToString("N0", CultureInfo.InvariantCulture) : Unknown;

    /// <summary>A number in four characters or so: <c>12.3 k</c>.</summary>
    public static string Short(double? number) => number is not { } known || double.IsNaN(known) ? Unknown
        : Math.Abs(known) >= 1e9 ? Scaled(known / 1e9, " G")
        : Math.Abs(known) >= 1e6 ? Scaled(known / 1e6, " M")
        : Math.Abs(known) >= 1e4 ? Scaled(known / 1e3, " k")
        : known.ToString(known is 0 or >= 100 or <= -100 ? "N0" : "0.#", CultureInfo.InvariantCulture);

    /// <summary>A rate: <c>12.3 k/s</c>.</summary>
    public static string Rate(double? perSecond) => perSecond is null ? Unknown : $"{Short(perSecond)}/s";

    /// <summary>A size: <c>12.3 MiB</c>.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } known)
        {
            return Unknown;
        }

        double size = known;
        int unit = 0;
        for (; Math.Abs(size) >= 1024 && unit < ByteUnits.Length - 1; unit++)
        {
            size /= 1024;
        }

        return unit == 0 ? $"{Count(known)} B" : Scaled(size, $" {ByteUnits[unit]}");
    }

    /// <summary>A duration in its two largest units: <c>0.83 s</c>, <c>1 min 5 s</c>, <c>3 h 2 min</c>.</summary>
    public static string Duration(TimeSpan? duration) => duration is not { } known ? Unknown
        : known < TimeSpan.Zero ? $"−{Duration(-known)}"
        : known < TimeSpan.FromSeconds(1) ? Text($"{known.TotalMilliseconds:0} ms")
        : known < TimeSpan.FromSeconds(10) ? Text($"{known.TotalSeconds:0.0} s")
        : known < TimeSpan.FromMinutes(1) ? Text($"{known.TotalSeconds:0} s")
        : known < TimeSpan.FromHours(1) ? Text($"{known.Minutes} min {known.Seconds} s")
        : known < TimeSpan.FromDays(1) ? Text($"{known.Hours} h {known.Minutes} min")
        : Text($"{(int)known.TotalDays} d {known.Hours} h");

    /// <summary>A part of 1: <c>12 %</c>.</summary>
    public static string Share(double? part) => part is { } known ? Text($"{100 * known:0} %") : Unknown;

    /// <summary>A rate of bytes: <c>12.3 MiB/s</c>.</summary>
    public static string ByteRate(double? perSecond) => perSecond is { } known && !double.IsNaN(known) ? $"{Bytes((long)known)}/s" : Unknown;

    /// <summary>A watermark: its time, or that there is none.</summary>
    public static string EventTime(EventTime watermark) => watermark == Core.Time.EventTime.MinValue ? Unknown
        : watermark == Core.Time.EventTime.MaxValue ? "end"
        : watermark.Milliseconds is < MinCalendar or > MaxCalendar ? Text($"{watermark.Milliseconds} ms")
        : watermark.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The name of a status.</summary>
    public static string Name(JobStatus status) => status.ToString().ToUpperInvariant();

    /// <summary>The name of a state.</summary>
    public static string Name(ExecutionState state) => state.ToString().ToUpperInvariant();

    /// <summary>One thing or several: <c>1 slot</c>, <c>2 slots</c>.</summary>
    public static string Plural(long number, string one) => number == 1 ? $"1 {one}" : $"{Count(number)} {one}s";

    private static string Scaled(double number, string unit) => number.ToString(number >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + unit;

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
