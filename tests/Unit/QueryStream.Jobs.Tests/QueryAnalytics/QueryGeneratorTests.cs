using System.Text;
using System.Text.Json;
using QueryStream.Core.Time;
using QueryStream.Jobs.QueryAnalytics.Generation;
using QueryStream.TestKit;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class QueryGeneratorTests
{
    private static readonly EventTime Time = new(1_765_000_000_123);

    [Theory]
    [InlineData(QueryKind.Queries)]
    [InlineData(QueryKind.Distinct)]
    public void The_same_seed_gives_the_same_events(QueryKind kind)
    {
        Assert.Equal(Events(kind, 42, 500), Events(kind, 42, 500));
        Assert.NotEqual(Events(kind, 42, 500), Events(kind, 43, 500));
    }

    [Fact]
    public void Events_stay_what_they_are_from_version_to_version()
    {
        Assert.Equal(Golden.Queries, Events(QueryKind.Queries, 42, 2));
        Assert.Equal(Golden.Distinct, Events(QueryKind.Distinct, 42, 2));
    }

    [Fact]
    public void Queries_are_skewed_and_users_are_few()
    {
        List<JsonElement> events = Parse(Events(QueryKind.Queries, 7, 100_000));
        Dictionary<string, int> queries = events.CountBy(e => e.GetProperty("query").GetString()!).ToDictionary();
        Assert.InRange(queries.Count, 900, 1_000);
        int ofTheFirstTenth = queries.Where(q => int.Parse(q.Key.Split(' ')[^1], null) < 100).Sum(q => q.Value);
        Assert.InRange(ofTheFirstTenth, 45_000, 48_000);
        Assert.InRange(events.Select(e => e.GetProperty("user_id").GetString()).Distinct().Count(), 9_900, 10_000);
    }

    [Fact]
    public void Distinct_queries_are_even_and_each_user_is_new()
    {
        List<JsonElement> events = Parse(Events(QueryKind.Distinct, 7, 100_000));
        Dictionary<string, int> queries = events.CountBy(e => e.GetProperty("query").GetString()!).ToDictionary();
        Assert.InRange(queries.Count, 19_500, 20_000);
        Assert.InRange(queries.Values.Max(), 5, 25);
        Assert.Equal(100_000, events.Select(e => e.GetProperty("user_id").GetString()).Distinct().Count());
    }

    [Theory]
    [InlineData(QueryKind.Queries)]
    [InlineData(QueryKind.Distinct)]
    public void All_other_members_are_even(QueryKind kind)
    {
        List<JsonElement> events = Parse(Events(kind, 3, 100_000));
        Dictionary<string, int> types = events.CountBy(e => e.GetProperty("user_type").GetString()!).ToDictionary();
        Assert.Equal(["Cán bộ", "Giảng viên", "Khách", "Sinh viên"], types.Keys.Order(StringComparer.Ordinal));
        Assert.InRange(types["Sinh viên"], 61_500, 63_500);
        Assert.InRange(types["Khách"], 12_000, 13_000);
        Assert.Equal([1, 2, 3, 4, 5], events.Select(e => e.GetProperty("years").GetInt32()).Distinct().Order());
        Assert.Equal(20, events.Select(e => e.GetProperty("department_id").GetString()).Distinct().Count());
        Assert.InRange(events.Count(e => e.GetProperty("success").GetBoolean()), 94_500, 95_500);
        Assert.All(events, e => Assert.InRange(e.GetProperty("response_time").GetDouble(), 20, 419.999));
        Assert.InRange(events.Average(e => e.GetProperty("response_time").GetDouble()), 218, 222);
        Assert.All(events, e => Assert.Equal(Time.Milliseconds, e.GetProperty("timestamp").GetInt64()));
    }

    [Fact]
    public void Thousandths_are_written_without_trailing_zeros()
    {
        Assert.All(Events(QueryKind.Queries, 5, 20_000), json =>
        {
            string number = json.Split("\"response_time\":")[1].Split(',')[0];
            Assert.Equal(
                double.Parse(number, System.Globalization.CultureInfo.InvariantCulture)
                    .ToString("R", System.Globalization.CultureInfo.InvariantCulture),
                number);
        });
    }

    [Fact]
    public void Making_events_allocates_nothing()
    {
        foreach (QueryKind kind in Enum.GetValues<QueryKind>())
        {
            QueryGenerator generator = new(kind, 1);
            generator.Next(Time);
            Assert.Equal(0, Allocations.By(() =>
            {
                for (int i = 0; i < 10_000; i++)
                {
                    generator.Next(Time);
                }
            }));
        }
    }

    private static List<string> Events(QueryKind kind, ulong seed, int count)
    {
        QueryGenerator generator = new(kind, seed);
        return [.. Enumerable.Range(0, count).Select(_ => Encoding.UTF8.GetString(generator.Next(Time)))];
    }

    private static List<JsonElement> Parse(List<string> events) => [.. events.Select(json => JsonDocument.Parse(json).RootElement)];

    private static class Golden
    {
        public static readonly string[] Queries =
        [
            """{"query":"môn học học phí 407","user_id":"u1599","user_type":"Sinh viên","years":2,"department_id":"D0","response_time":367.291,"success":true,"timestamp":1765000000123}""",
            """{"query":"thư viện lịch thi 513","user_id":"u3399","user_type":"Sinh viên","years":2,"department_id":"D9","response_time":225.358,"success":true,"timestamp":1765000000123}""",
        ];

        public static readonly string[] Distinct =
        [
            """{"query":"lịch thi thư viện tốt nghiệp cho sinh viên năm 14831","user_id":"user-0","user_type":"Sinh viên","years":2,"department_id":"D6","response_time":35.212,"success":true,"timestamp":1765000000123}""",
            """{"query":"tốt nghiệp đăng ký thư viện cho sinh viên năm 4368","user_id":"user-1","user_type":"Cán bộ","years":2,"department_id":"D12","response_time":101.96,"success":true,"timestamp":1765000000123}""",
        ];
    }
}
