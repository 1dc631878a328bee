using System.Globalization;
using System.Text.Json;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class ResultTests
{
    private static readonly EventTime Start = EventTime.From(DateTimeOffset.Parse("2025-12-09T11:30:00Z", CultureInfo.InvariantCulture));
    private static readonly Window HalfMinute = new(Start, Start.Add(30_000));

    [Fact]
    public void A_result_is_written_as_documented()
    {
        RedisUpsert upsert = Encode(
            "heatmap",
            key => key.Add(Text.From("Sinh viên")).Add(new StudyYear(2)),
            head => new HeatmapResult(head.Type, Text.From("Sinh viên"), new StudyYear(2), head.Start, head.End, 12, 41.25, head.IsFinal));
        const string Value = """{"type":"heatmap","user_type":"Sinh viên","years":2,"window_start":"2025-12-09T11:30:00","window_end":"2025-12-09T11:30:30","query_count":12,"avg_response_time":41.25,"final":true}""";
        Assert.Equal("analytics:heatmap:Sinh viên:2:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Equal(Value, upsert.Value.ToString());
        Assert.Equal(
            $$"""{"type":"heatmap","key":"analytics:heatmap:Sinh viên:2:2025-12-09T11:30:00","data":{{Value}}}""", upsert.Message.ToString());
    }

    [Fact]
    public void Unknown_years_are_a_word()
    {
        RedisUpsert upsert = Encode(
            "year",
            key => key.Add(default(StudyYear)),
            head => new YearResult(head.Type, default, head.Start, head.End, 1, default, head.IsFinal),
            Pane.Update);
        Assert.Equal("analytics:year:unknown:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Contains("\"years\":\"unknown\",", upsert.Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_stands_in_the_key_as_its_hash()
    {
        Text query = Text.From("học phí");
        RedisUpsert upsert = Encode(
            "popular_queries_by_year",
            key => key.Add(new StudyYear(2)).AddHash(query),
            head => new PopularQueryByYearResult(head.Type, new StudyYear(2), query, head.Start, head.End, 3, 2, head.IsFinal));

        // printf 'học phí' | md5sum
        Assert.Equal("analytics:popular_queries_by_year:2:9950f3f660b4804abf47622808c52992:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Equal(
            """{"type":"popular_queries_by_year","years":2,"query_text":"học phí","window_start":"2025-12-09T11:30:00","window_end":"2025-12-09T11:30:30","query_count":3,"unique_users":2,"final":true}""",
            upsert.Value.ToString());
    }

    [Theory]
    [InlineData("a:b", "a%3Ab")]
    [InlineData("100%", "100%25")]
    [InlineData("%3A", "%253A")]
    [InlineData("::", "%3A%3A")]
    [InlineData("a\"\\\n", "a\"\\\n")]
    public void The_separator_is_escaped_in_keys(string name, string expected)
    {
        Text userType = Text.From(name);
        RedisUpsert upsert = Encode(
            "faculty", key => key.Add(userType), head => new FacultyResult(head.Type, userType, head.Start, head.End, 1, 1, default, head.IsFinal));
        Assert.Equal($"analytics:faculty:{expected}:2025-12-09T11:30:00", upsert.Key.ToString());
        using JsonDocument message = JsonDocument.Parse(upsert.Message.ToString());
        Assert.Equal(name, message.RootElement.GetProperty("data").GetProperty("user_type").GetString());
        Assert.Equal(upsert.Key.ToString(), message.RootElement.GetProperty("key").GetString());
    }

    [Fact]
    public void All_is_a_group_without_members()
    {
        RedisUpsert upsert = Encode(
            "success_rate", key => key.AddAll(), head => new SuccessResult(head.Type, head.Start, head.End, 1, 2, 100.0 / 3, head.IsFinal));
        Assert.Equal("analytics:success_rate:all:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Equal(
            """{"type":"success_rate","window_start":"2025-12-09T11:30:00","window_end":"2025-12-09T11:30:30","success_count":1,"failure_count":2,"success_rate_pct":33.333333333333336,"final":true}""",
            upsert.Value.ToString());
    }

    [Fact]
    public void Response_times_have_five_metrics()
    {
        RedisUpsert upsert = Encode(
            "response_time",
            key => key.Add(Text.From("a")),
            head => new ResponseTimeResult(head.Type, Text.From("a"), head.Start, head.End, 1.0, 0.0, 2.0, 1.5, 3, head.IsFinal));
        Assert.EndsWith(
            ",\"avg_time\":1,\"min_time\":0,\"max_time\":2,\"p95_time\":1.5,\"query_count\":3,\"final\":true}",
            upsert.Value.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pane.Early, "false")]
    [InlineData(Pane.OnTime, "true")]
    [InlineData(Pane.Update, "true")]
    public void Only_an_early_result_is_not_final(Pane pane, string expected) =>
        Assert.EndsWith($",\"final\":{expected}}}", Average(1, pane), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "null")]
    [InlineData(0.0, "0")]
    [InlineData(42.0, "42")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(100.0 / 3, "33.333333333333336")]
    [InlineData(1e21, "1E+21")]
    [InlineData(double.NaN, "null")]
    [InlineData(double.PositiveInfinity, "null")]
    [InlineData(double.NegativeInfinity, "null")]
    public void Measures_are_not_rounded_and_null_where_nothing_finite_was_measured(double? value, string expected) =>
        Assert.Contains($"\"avg_response_time\":{expected},", Average(value, Pane.OnTime), StringComparison.Ordinal);

    private static string Average(double? value, Pane pane) => Encode(
        "year", key => key.AddAll(), head => new YearResult(head.Type, default, head.Start, head.End, 1, value, head.IsFinal), pane).Value.ToString();

    private static RedisUpsert Encode<T>(string type, Action<ResultKey> key, Func<ResultHead, T> value, Pane pane = Pane.OnTime)
    {
        ResultHead head = ResultHead.Of(type, HalfMinute, pane);
        ResultEncoder<T> encoder = ResultEncoder<T>.Current;
        key(encoder.Key.Begin(type));
        return encoder.Encode(head, value(head));
    }
}
