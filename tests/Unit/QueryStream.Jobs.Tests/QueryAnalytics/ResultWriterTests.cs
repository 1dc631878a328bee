using System.Globalization;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class ResultWriterTests
{
    private static readonly EventTime Start = EventTime.From(DateTimeOffset.Parse("2025-12-09T11:30:00Z", CultureInfo.InvariantCulture));
    private static readonly Window HalfMinute = new(Start, Start.Add(30_000));

    [Fact]
    public void A_result_is_written_as_documented()
    {
        RedisUpsert upsert = ResultWriter.Begin("heatmap", HalfMinute, Pane.OnTime)
            .Group("user_type", Text.From("Sinh viên")).Group("years", 2L)
            .Metric("query_count", 12).Metric("avg_response_time", 41.25).End();
        const string Value = """{"type":"heatmap","user_type":"Sinh viên","years":2,"window_start":"2025-12-09T11:30:00","window_end":"2025-12-09T11:30:30","query_count":12,"avg_response_time":41.25,"final":true}""";
        Assert.Equal("analytics:heatmap:Sinh viên:2:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Equal(Value, upsert.Value.ToString());
        Assert.Equal($$"""{"type":"heatmap","key":"analytics:heatmap:Sinh viên:2:2025-12-09T11:30:00","data":{{Value}}}""", upsert.Message.ToString());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_measure_that_is_not_finite_is_null(double value)
    {
        RedisUpsert upsert = ResultWriter.Begin("x", HalfMinute, Pane.OnTime).GroupOfAll().Metric("m", value).End();
        Assert.Contains("\"m\":null,", upsert.Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_years_are_a_word()
    {
        RedisUpsert upsert = ResultWriter.Begin("year", HalfMinute, Pane.Update).Group("years", (long?)null).Metric("query_count", 1).End();
        Assert.Equal("analytics:year:unknown:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.Contains("\"years\":\"unknown\",", upsert.Value.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_stands_in_the_key_as_its_hash()
    {
        RedisUpsert upsert = ResultWriter.Begin("popular_queries_by_year", HalfMinute, Pane.OnTime)
            .Group("years", 2L).GroupByHash("query_text", Text.From("học phí")).Metric("query_count", 3).Metric("unique_users", 2).End();

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
        RedisUpsert upsert = ResultWriter.Begin("faculty", HalfMinute, Pane.OnTime).Group("user_type", Text.From(name)).Metric("query_count", 1).End();
        Assert.Equal($"analytics:faculty:{expected}:2025-12-09T11:30:00", upsert.Key.ToString());
        using System.Text.Json.JsonDocument message = System.Text.Json.JsonDocument.Parse(upsert.Message.ToString());
        Assert.Equal(name, message.RootElement.GetProperty("data").GetProperty("user_type").GetString());
        Assert.Equal(upsert.Key.ToString(), message.RootElement.GetProperty("key").GetString());
    }

    [Fact]
    public void All_is_a_group_without_members()
    {
        RedisUpsert upsert = ResultWriter.Begin("success_rate", HalfMinute, Pane.OnTime).GroupOfAll().Metric("success_count", 1).End();
        Assert.Equal("analytics:success_rate:all:2025-12-09T11:30:00", upsert.Key.ToString());
        Assert.StartsWith("""{"type":"success_rate","window_start":""", upsert.Value.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pane.Early, "false")]
    [InlineData(Pane.OnTime, "true")]
    [InlineData(Pane.Update, "true")]
    public void Only_an_early_result_is_not_final(Pane pane, string expected) => Assert.EndsWith(
        $",\"final\":{expected}}}", ResultWriter.Begin("x", HalfMinute, pane).GroupOfAll().End().Value.ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "null")]
    [InlineData(0.0, "0")]
    [InlineData(42.0, "42")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(100.0 / 3, "33.333333333333336")]
    [InlineData(1e21, "1E+21")]
    public void Measures_are_not_rounded_and_null_where_nothing_was_measured(double? value, string expected) => Assert.Contains(
        $"\"m\":{expected},", ResultWriter.Begin("x", HalfMinute, Pane.OnTime).GroupOfAll().Metric("m", value).End().Value.ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_group_after_a_metric_is_refused() => Assert.Throws<InvalidOperationException>(
        () => ResultWriter.Begin("x", HalfMinute, Pane.OnTime).GroupOfAll().Metric("m", 1).Group("g", Text.Empty));

    [Fact]
    public void A_result_without_a_group_is_refused() => Assert.Throws<InvalidOperationException>(
        () => ResultWriter.Begin("x", HalfMinute, Pane.OnTime).Metric("m", 1));

    [Fact]
    public void A_result_that_was_not_ended_leaves_no_trace()
    {
        ResultWriter.Begin("abandoned", HalfMinute, Pane.OnTime).GroupOfAll().Metric("m", 1);
        Assert.DoesNotContain("abandoned", ResultWriter.Begin("x", HalfMinute, Pane.OnTime).GroupOfAll().End().Message.ToString(), StringComparison.Ordinal);
    }
}
