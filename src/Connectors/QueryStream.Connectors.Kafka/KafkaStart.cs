using System.Globalization;
using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka;

/// <summary>The offsets that a source starts from.</summary>
public sealed record KafkaStart
{
    /// <summary>The oldest record that the topic still has.</summary>
    public static readonly KafkaStart Earliest = new(KafkaStartKind.Earliest, default);

    /// <summary>Only what is written after the source was opened.</summary>
    public static readonly KafkaStart Latest = new(KafkaStartKind.Latest, default);

    /// <summary>The committed offsets of the consumer group; the oldest record of partitions without one.</summary>
    public static readonly KafkaStart Group = new(KafkaStartKind.Group, default);

    private const string Forms = "earliest, latest, group, an ISO-8601 time (2025-12-09T11:30:00, without a zone = UTC) or milliseconds since 1970";

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private KafkaStart(KafkaStartKind kind, EventTime time)
    {
        Kind = kind;
        Time = time;
    }

    /// <summary>The kind.</summary>
    public KafkaStartKind Kind { get; }

    /// <summary>With <see cref="KafkaStartKind.Timestamp"/>: the timestamp of the first records.</summary>
    public EventTime Time { get; }

    /// <summary>The first record with this timestamp or a later one; the end of partitions that have none.</summary>
    public static KafkaStart Timestamp(EventTime time) => new(KafkaStartKind.Timestamp, time);

    /// <summary>Parses the setting <c>start</c>.</summary>
    /// <exception cref="FormatException">The text has none of the allowed forms, which the message lists.</exception>
    public static KafkaStart Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        switch (text.Trim().ToLowerInvariant())
        {
            case "earliest":
                return Earliest;
            case "latest":
                return Latest;
            case "group":
                return Group;
        }

        const NumberStyles Trimmed = NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;
        if (long.TryParse(text, Trimmed, CultureInfo.InvariantCulture, out long milliseconds))
        {
            return Timestamp(new EventTime(milliseconds));
        }

        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
            | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite;
        return DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time)
            ? Timestamp(EventTime.From(time))
            : throw new FormatException($"'{text}' is not a start position. Allowed: {Forms}.");
    }

    /// <summary>The form that <see cref="Parse"/> accepts.</summary>
    public override string ToString() => Kind switch
    {
        KafkaStartKind.Earliest => "earliest",
        KafkaStartKind.Latest => "latest",
        KafkaStartKind.Group => "group",
        _ => Time.ToString(),
    };
}

/// <summary>The kinds of <see cref="KafkaStart"/>.</summary>
public enum KafkaStartKind
{
    /// <summary>The oldest record that the topic still has.</summary>
    Earliest,

    /// <summary>Only what is written from now on.</summary>
    Latest,

    /// <summary>The committed offsets of the consumer group.</summary>
    Group,

    /// <summary>The first record with a timestamp or a later one.</summary>
    Timestamp,
}
