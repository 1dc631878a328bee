using System.Globalization;
using System.Text;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class IsoTimeTests
{
    [Theory]
    [InlineData("2025-12-09", "2025-12-09T00:00:00.000Z")]
    [InlineData("2025-12-09T11", "2025-12-09T11:00:00.000Z")]
    [InlineData("2025-12-09T11:30", "2025-12-09T11:30:00.000Z")]
    [InlineData("2025-12-09T11:30:15", "2025-12-09T11:30:15.000Z")]
    [InlineData("2025-12-09 11:30:15", "2025-12-09T11:30:15.000Z")]
    [InlineData("2025-12-09t11:30:15z", "2025-12-09T11:30:15.000Z")]
    [InlineData("2025-12-09T11:30:15.1", "2025-12-09T11:30:15.100Z")]
    [InlineData("2025-12-09T11:30:15,12", "2025-12-09T11:30:15.120Z")]
    [InlineData("2025-12-09T11:30:15.123999999999Z", "2025-12-09T11:30:15.123Z")]
    [InlineData("2025-12-09T11:30:15+07:00", "2025-12-09T04:30:15.000Z")]
    [InlineData("2025-12-09T11:30:15-0330", "2025-12-09T15:00:15.000Z")]
    [InlineData("2025-12-09T23:30:15-07", "2025-12-10T06:30:15.000Z")]
    [InlineData("2025-12-09T11:30+00:00", "2025-12-09T11:30:00.000Z")]
    [InlineData("20251209", "2025-12-09T00:00:00.000Z")]
    [InlineData("20251209T113015Z", "2025-12-09T11:30:15.000Z")]
    [InlineData("20251209T113015.5+0700", "2025-12-09T04:30:15.500Z")]
    [InlineData("2024-02-29T00:00:00", "2024-02-29T00:00:00.000Z")]
    [InlineData("2000-02-29", "2000-02-29T00:00:00.000Z")]
    [InlineData("2025-12-31T24:00:00", "2026-01-01T00:00:00.000Z")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void Valid_times_are_parsed(string text, string expected)
    {
        Assert.True(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out EventTime time));
        Assert.Equal(expected, time.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("now")]
    [InlineData("2025")]
    [InlineData("2025-12")]
    [InlineData("25-12-09")]
    [InlineData("2025-1-9")]
    [InlineData("2025-13-09")]
    [InlineData("2025-00-09")]
    [InlineData("2025-12-00")]
    [InlineData("2025-12-32")]
    [InlineData("2025-11-31")]
    [InlineData("2025-02-29")]
    [InlineData("1900-02-29")]
    [InlineData("2025-12-09T")]
    [InlineData("2025-12-09Z")]
    [InlineData("2025-12-09T1")]
    [InlineData("2025-12-09T24:00:01")]
    [InlineData("2025-12-09T24:01")]
    [InlineData("2025-12-09T25:00")]
    [InlineData("2025-12-09T11:60")]
    [InlineData("2025-12-09T11:30:60")]
    [InlineData("2025-12-09T11:30:")]
    [InlineData("2025-12-09T11:30:15.")]
    [InlineData("2025-12-09T11:30:15.Z")]
    [InlineData("2025-12-09T1130")]
    [InlineData("20251209T11:30")]
    [InlineData("2025-12-09T11:30:15+")]
    [InlineData("2025-12-09T11:30:15+7")]
    [InlineData("2025-12-09T11:30:15+24:00")]
    [InlineData("2025-12-09T11:30:15+07:60")]
    [InlineData("2025-12-09T11:30:15 +07:00")]
    [InlineData("2025-12-09T11:30:15Zulu")]
    [InlineData(" 2025-12-09T11:30:15")]
    [InlineData("2025-12-09T11:30:15 ")]
    [InlineData("2025/12/09 11:30:15")]
    [InlineData("09.12.2025")]
    [InlineData("Tue, 09 Dec 2025 11:30:15 GMT")]
    public void Invalid_times_are_rejected(string text) => Assert.False(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Fact]
    public void Every_day_of_the_calendar_is_read_as_the_calendar_has_it()
    {
        for (DateTime day = new(1890, 1, 1, 0, 0, 0, DateTimeKind.Utc); day.Year < 2110; day = day.AddDays(1))
        {
            string text = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            Assert.True(IsoTime.TryParse(Encoding.UTF8.GetBytes(text), out EventTime time), text);
            Assert.Equal(new DateTimeOffset(day).ToUnixTimeMilliseconds(), time.Milliseconds);
        }
    }
}
