using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Records;

internal sealed class GuidFormat : PrintedFormat<Guid>
{
    protected override string Expected => "a GUID like 00112233-4455-6677-8899-aabbccddeeff";

    protected override string Form => "D";

    protected override bool TryParse(ReadOnlySpan<char> text, out Guid value) => Guid.TryParseExact(text, "D", out value);
}

internal static class IsoForms
{
    public const string Expected = "a time like 2025-12-09T11:30:00Z";
    public const string Written = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK";

    public static readonly string[] Read = [Written, "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];
}

/// <summary>Reads a time with an offset as UTC, independent of the machine's time zone. Without an offset, the kind is unspecified.</summary>
internal sealed class DateTimeFormat : PrintedFormat<DateTime>
{
    protected override string Expected => IsoForms.Expected;

    protected override string Form => IsoForms.Written;

    // The reader's own method allocates nothing.
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out DateTime value)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTime(out value))
        {
            value = default;
            return input.Refuse(ref reader, Expected);
        }

        value = value.Kind == DateTimeKind.Local && reader.TryGetDateTimeOffset(out DateTimeOffset time) ? time.UtcDateTime : value;
        return true;
    }

    protected override bool TryParse(ReadOnlySpan<char> text, out DateTime value)
    {
        bool isTime = DateTime.TryParseExact(text, IsoForms.Read, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out value);
        value = value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value;
        return isTime;
    }
}

/// <summary>Reads a time without an offset as UTC.</summary>
internal sealed class DateTimeOffsetFormat : PrintedFormat<DateTimeOffset>
{
    protected override string Expected => IsoForms.Expected;

    protected override string Form => IsoForms.Written;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out DateTimeOffset value)
    {
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetDateTimeOffset(out value))
        {
            value = default;
            return input.Refuse(ref reader, Expected);
        }

        // Without an offset, the reader uses the machine's time zone.
        value = reader.TryGetDateTime(out DateTime time) && time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : value;
        return true;
    }

    protected override bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset value) =>
        DateTimeOffset.TryParseExact(text, IsoForms.Read, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out value);
}

/// <summary>
/// Reads milliseconds since 1970, or a string like <see cref="DateTimeOffsetFormat"/>, truncated to milliseconds. Writes the number.
/// </summary>
internal sealed class EventTimeFormat : JsonFormat<EventTime>
{
    private const string Expected = "milliseconds since 1970, or " + IsoForms.Expected;

    private static readonly JsonFormat<DateTimeOffset> Iso = JsonFormat<DateTimeOffset>.Instance;
    private static readonly JsonFormat<long> Number = JsonFormat<long>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out EventTime value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String && Iso.TryRead(ref reader, input, out DateTimeOffset time))
        {
            value = EventTime.From(time);
            return true;
        }

        if (reader.TokenType != JsonTokenType.Number || !Number.TryRead(ref reader, input, out long milliseconds))
        {
            return input.Refuse(ref reader, Expected);
        }

        value = new EventTime(milliseconds);
        return true;
    }

    public override void Write(Utf8JsonWriter writer, in EventTime value) => writer.WriteNumberValue(value.Milliseconds);
}

internal sealed class TimeSpanFormat : PrintedFormat<TimeSpan>
{
    protected override string Expected => "a duration like 1.02:03:04.5 (days, hours, minutes, seconds)";

    protected override string Form => "c";

    // Parses the bytes, since the parser of characters allocates.
    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out TimeSpan value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.String)
        {
            return input.Refuse(ref reader, Expected);
        }

        return input.TryString(ref reader, out ReadOnlySpan<byte> text)
            && ((Utf8Parser.TryParse(text, out value, out int read, 'c') && read == text.Length) || input.Refuse(ref reader, Expected));
    }

    protected override bool TryParse(ReadOnlySpan<char> text, out TimeSpan value) =>
        TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out value);
}

internal sealed class DateOnlyFormat : PrintedFormat<DateOnly>
{
    protected override string Expected => "a date like 2025-12-09";

    protected override string Form => "yyyy-MM-dd";

    protected override bool TryParse(ReadOnlySpan<char> text, out DateOnly value) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
}

internal sealed class TimeOnlyFormat : PrintedFormat<TimeOnly>
{
    private static readonly string[] Forms = ["HH:mm:ss.FFFFFFF", "HH:mm"];

    protected override string Expected => "a time of day like 11:30:00";

    protected override string Form => Forms[0];

    protected override bool TryParse(ReadOnlySpan<char> text, out TimeOnly value) =>
        TimeOnly.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
}
