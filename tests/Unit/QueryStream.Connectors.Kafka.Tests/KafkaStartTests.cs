using QueryStream.Core.Time;

namespace QueryStream.Connectors.Kafka.Tests;

public sealed class KafkaStartTests
{
    [Theory]
    [InlineData("earliest", KafkaStartKind.Earliest)]
    [InlineData(" Latest ", KafkaStartKind.Latest)]
    [InlineData("group", KafkaStartKind.Group)]
    public void A_word_names_a_place(string text, KafkaStartKind kind) => Assert.Equal(kind, KafkaStart.Parse(text).Kind);

    [Theory]
    [InlineData("2025-12-09", 1765238400000)]
    [InlineData("2025-12-09T11:30", 1765279800000)]
    [InlineData("2025-12-09T11:30:00", 1765279800000)]
    [InlineData("2025-12-09T11:30:00Z", 1765279800000)]
    [InlineData("2025-12-09T18:30:00+07:00", 1765279800000)]
    [InlineData("2025-12-09T11:30:00.5", 1765279800500)]
    [InlineData("1765279800000", 1765279800000)]
    [InlineData("0", 0)]
    public void A_time_is_read_as_utc_unless_it_has_a_zone(string text, long milliseconds) =>
        Assert.Equal(KafkaStart.Timestamp(new EventTime(milliseconds)), KafkaStart.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("newest")]
    [InlineData("09.12.2025")]
    [InlineData("12/09/2025")]
    [InlineData("2025-13-01")]
    [InlineData("-1")]
    [InlineData("11:30")]
    public void Anything_else_is_an_error_that_lists_the_forms(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => KafkaStart.Parse(text));

        Assert.Contains("earliest, latest, group", error.Message, StringComparison.Ordinal);
        Assert.Contains("ISO-8601", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("earliest")]
    [InlineData("latest")]
    [InlineData("group")]
    [InlineData("2025-12-09T11:30:00.000Z")]
    public void What_it_writes_it_reads(string text) => Assert.Equal(text, KafkaStart.Parse(text).ToString());
}
