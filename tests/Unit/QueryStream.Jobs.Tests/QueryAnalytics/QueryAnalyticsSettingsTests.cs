using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class QueryAnalyticsSettingsTests
{
    [Fact]
    public void The_defaults_are_those_that_are_documented()
    {
        Dictionary<string, string> defaults = SettingsBinder.Describe<QueryAnalyticsSettings>()
            .ToDictionary(setting => setting.Name, setting => setting.Default);
        Dictionary<string, string> expected = new()
        {
            ["kafka"] = "localhost:9092",
            ["redis"] = "localhost:6379",
            ["topic"] = "user-queries",
            ["group-id"] = "query-analytics",
            ["start"] = "earliest",
            ["bounded"] = "false",
            ["max-record-bytes"] = "1048576",
            ["window.faculty"] = "20s",
            ["partition-discovery"] = "2s",
            ["fail-on-recreated-topic"] = "false",
            ["window.year"] = "20s",
            ["window.heatmap"] = "30s",
            ["window.popular_queries"] = "30s",
            ["window.student_year"] = "1min",
            ["window.popular_queries_by_year"] = "2min",
            ["window.department"] = "1min",
            ["window.user_type_distribution"] = "1min",
            ["window.success_rate"] = "1min",
            ["window.response_time"] = "1min",
            ["out-of-orderness"] = "1s",
            ["idle-after"] = "2s",
            ["lateness"] = "10s",
            ["early-interval"] = "2s",
            ["watermark.max-ahead"] = "1h",
            ["ttl"] = "30d",
            ["channel"] = "analytics:updates",
            ["student-types"] = "Sinh viên",
            ["dead-letter.topic"] = "",
            ["dead-letter.file"] = "",
        };
        Assert.Equal(expected.OrderBy(s => s.Key, StringComparer.Ordinal), defaults.OrderBy(s => s.Key, StringComparer.Ordinal));
        Assert.Equal(2_592_000, new QueryAnalyticsSettings().Ttl.TotalSeconds);
        new QueryAnalyticsSettings().Validate();
    }

    [Theory]
    [InlineData("window.faculty", "1500ms")]
    [InlineData("window.year", "0s")]
    [InlineData("window.heatmap", "500ms")]
    [InlineData("window.popular_queries", "366d")]
    [InlineData("window.student_year", "20")]
    [InlineData("window.popular_queries_by_year", "-5s")]
    [InlineData("window.department", "")]
    [InlineData("window.user_type_distribution", "off")]
    [InlineData("window.success_rate", "1.0005s")]
    [InlineData("window.response_time", "1ms")]
    [InlineData("window.unknown", "20s")]
    [InlineData("out-of-orderness", "-1s")]
    [InlineData("out-of-orderness", "soon")]
    [InlineData("idle-after", "0s")]
    [InlineData("idle-after", "0.4ms")]
    [InlineData("lateness", "10")]
    [InlineData("partition-discovery", "99ms")]
    [InlineData("fail-on-recreated-topic", "maybe")]
    [InlineData("early-interval", "9ms")]
    [InlineData("early-interval", "0s")]
    [InlineData("watermark.max-ahead", "never")]
    [InlineData("topic", "")]
    [InlineData("topic", "user queries")]
    [InlineData("topic", "..")]
    [InlineData("group-id", "")]
    [InlineData("start", "sometime")]
    [InlineData("ttl", "500ms")]
    [InlineData("ttl", "0s")]
    [InlineData("channel", "")]
    [InlineData("student-types", "")]
    [InlineData("student-types", " , ")]
    [InlineData("dead-letter.topic", "a/b")]
    [InlineData("dead-letter.topic", "user-queries")]
    [InlineData("max-record-bytes", "0")]
    [InlineData("max-record-bytes", "-1")]
    [InlineData("max-record-bytes", "1073741825")]
    [InlineData("max-record-bytes", "1MiB")]
    [InlineData("bounded", "yes")]
    [InlineData("max-record-bytes", "99999999999")]
    [InlineData("kafka", "")]
    [InlineData("kafka", "localhost")]
    [InlineData("kafka", "a:1,b:99999")]
    [InlineData("redis", "")]
    [InlineData("parallelism", "2")]
    public void A_value_that_is_not_allowed_is_refused_by_name(string name, string value)
    {
        SettingException error = Assert.Throws<SettingException>(() => Bind((name, value)));
        Assert.Equal(name, error.Setting);
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || name is "window.unknown" or "parallelism" or "student-types"
            || error.Message.Contains($"'{value}'", StringComparison.Ordinal)
            || error.Message.Contains($"'{Shown(value)}'", StringComparison.Ordinal),
            error.Message);
    }

    [Theory]
    [InlineData("window.faculty", "1s")]
    [InlineData("window.faculty", "365d")]
    [InlineData("window.faculty", "1000ms")]
    [InlineData("window.faculty", "4.35h")]
    [InlineData("kafka", "a:1,b:65535")]
    [InlineData("out-of-orderness", "0s")]
    [InlineData("lateness", "0ms")]
    [InlineData("idle-after", "off")]
    [InlineData("early-interval", "off")]
    [InlineData("watermark.max-ahead", "off")]
    [InlineData("start", "latest")]
    [InlineData("start", "group")]
    [InlineData("start", "2025-12-09T11:30:00Z")]
    [InlineData("max-record-bytes", "1")]
    [InlineData("dead-letter.topic", "user-queries.dead")]
    public void A_value_at_the_edge_of_the_allowed_is_taken(string name, string value) => Assert.NotNull(Bind((name, value)));

    [Fact]
    public void Early_results_are_off_in_bounded_runs_unless_they_are_set()
    {
        Assert.Equal(TimeSpan.FromSeconds(2), Bind().EarlyResults);
        Assert.Null(Bind(("bounded", "true")).EarlyResults);
        Assert.Equal(TimeSpan.FromSeconds(2), Bind(("bounded", "true"), ("early-interval", "2s")).EarlyResults);
        Assert.Equal(TimeSpan.FromSeconds(5), Bind(("early-interval", "5s"), ("bounded", "true")).EarlyResults);
        Assert.Null(Bind(("early-interval", "off")).EarlyResults);
    }

    [Fact]
    public void Student_types_are_normalized_like_those_of_the_queries()
    {
        IReadOnlySet<Text> types = Bind(("student-types", "Sinh vie\u0302n , Học viên")).NormalizedStudentTypes();
        Assert.Equal([Text.From("Học viên"), Text.From("Sinh viên")], types.Order());
    }

    [Fact]
    public void Times_outside_the_years_1970_to_9998_are_out_of_range()
    {
        QueryAnalyticsSettings settings = Bind(("watermark.max-ahead", "off"));
        Assert.Equal("1970-01-01T00:00:00.000Z", settings.Watermarks.Earliest.ToString());
        Assert.Equal("9998-12-31T23:59:59.999Z", settings.Watermarks.Latest.ToString());
        Assert.Null(settings.Watermarks.MaxAhead);
    }

    private static string Shown(string duration) => Durations.TryParse(duration, out TimeSpan parsed) ? Durations.Format(parsed) : duration;

    private static QueryAnalyticsSettings Bind(params (string Name, string Value)[] values) =>
        new JobSettings(values.ToDictionary(value => value.Name, value => value.Value)).Bind<QueryAnalyticsSettings>();
}
