using System.Collections.Frozen;
using QueryStream.Connectors.Files;
using QueryStream.Connectors.Kafka;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Streams;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Ten windowed analytics over the queries that users ask, from a Kafka topic to Redis, where dashboards read and follow them.
/// </summary>
public sealed class QueryAnalyticsJob : IStreamJob
{
    /// <inheritdoc/>
    public string Name => "Query Analytics Streaming";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        TextNormalizer.RequireNfc();
        QueryAnalyticsSettings settings = job.Settings.Bind<QueryAnalyticsSettings>();
        FrozenSet<Text> studentTypes = settings.NormalizedStudentTypes();

        SourceStream<Query> queries = job.Kafka<Query>("user_queries", settings.Source).Format(new QueryFormat()).Watermarks(settings.Watermarks);
        Stream<Query> students = queries.Filter(q => studentTypes.Contains(q.UserType));
        KeyedStream<Query, Text> byUserType = queries.KeyBy(q => q.UserType);

        Analytics analytics = new(settings);
        CountUsers(analytics, queries, byUserType, students, settings);
        CountQueries(analytics, queries, students, settings);
        MeasureAnswers(analytics, queries, byUserType, settings);
        analytics.CountLate();
        Keep(queries.DeadLetters, settings);
    }

    // Who asks, and how long they wait.
    private static void CountUsers(
        Analytics analytics, Stream<Query> queries, KeyedStream<Query, Text> byUserType, Stream<Query> students, QueryAnalyticsSettings settings)
    {
        analytics.Publish(
            "faculty",
            analytics.Window("faculty", byUserType, settings.FacultyWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (to, row) => to.Group("user_type", row.Key).Metrics(row.Value, "query_count", "unique_users", "avg_response_time"));

        analytics.Publish(
            "year",
            analytics.Window("year", queries.KeyBy(q => q.Years), settings.YearWindow)
                .Aggregate(w => (w.Count(), w.Average(q => q.ResponseTime))),
            (to, row) => to.Group("years", row.Key).Metrics(row.Value, "query_count", "avg_response_time"));

        analytics.Publish(
            "heatmap",
            analytics.Window("heatmap", queries.KeyBy(q => (q.UserType, q.Years)), settings.HeatmapWindow)
                .Aggregate(w => (w.Count(), w.Average(q => q.ResponseTime))),
            (to, row) => to.Group("user_type", row.Key.UserType).Group("years", row.Key.Years)
                .Metrics(row.Value, "query_count", "avg_response_time"));

        analytics.Publish(
            "student_year",
            analytics.Window("student_year", students.KeyBy(q => q.Years), settings.StudentYearWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (to, row) => to.Group("years", row.Key).Metrics(row.Value, "query_count", "unique_users", "avg_response_time"));

        analytics.Publish(
            "department",
            analytics.Window("department", queries.KeyBy(q => q.DepartmentId), settings.DepartmentWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (to, row) => to.Group("department_id", row.Key).Metrics(row.Value, "query_count", "unique_users", "avg_response_time"));
    }

    // What is asked most.
    private static void CountQueries(Analytics analytics, Stream<Query> queries, Stream<Query> students, QueryAnalyticsSettings settings)
    {
        analytics.Publish(
            "popular_queries",
            analytics.Window("popular_queries", queries.KeyBy(q => q.QueryText), settings.PopularQueriesWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId))),
            (to, row) => to.GroupByHash("query_text", row.Key).Metrics(row.Value, "query_count", "unique_users"));

        analytics.Publish(
            "popular_queries_by_year",
            analytics.Window("popular_queries_by_year", students.KeyBy(q => (q.Years, q.QueryText)), settings.PopularQueriesByYearWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId))),
            (to, row) => to.Group("years", row.Key.Years).GroupByHash("query_text", row.Key.QueryText)
                .Metrics(row.Value, "query_count", "unique_users"));
    }

    // How well it is answered, and to whom.
    private static void MeasureAnswers(
        Analytics analytics, Stream<Query> queries, KeyedStream<Query, Text> byUserType, QueryAnalyticsSettings settings)
    {
        WindowStream<Query, Unit, GroupCounts> userTypes = analytics.Window("user_type_distribution", queries, settings.UserTypeDistributionWindow)
            .Aggregate(w => w.CountBy(q => q.UserType));
        analytics.Publish(
            "user_type_distribution",
            userTypes.FlatMap<WindowResult<Text, UserTypeShare>>(UserTypeShare.Split),
            userTypes.Late,
            (to, row) => to.Group("user_type", row.Key)
                .Metric("query_count", row.Value.Queries).Metric("percentage", row.Value.Percentage));

        analytics.Publish(
            "success_rate",
            analytics.Window("success_rate", queries, settings.SuccessRateWindow)
                .Aggregate(w => (w.CountIf(q => q.IsSuccess), w.CountIf(q => !q.IsSuccess))),
            (to, row) => to.GroupOfAll().Metrics(row.Value, "success_count", "failure_count")
                .Metric("success_rate_pct", row.Value.Item1 * 100.0 / (row.Value.Item1 + row.Value.Item2)));

        analytics.Publish(
            "response_time",
            analytics.Window("response_time", byUserType, settings.ResponseTimeWindow).Aggregate(w => (
                w.Average(q => q.ResponseTime),
                w.Min(q => q.ResponseTime),
                w.Max(q => q.ResponseTime),
                w.Quantile(q => q.ResponseTime, 0.95),
                w.Count())),
            (to, row) => to.Group("user_type", row.Key).Metrics(row.Value, "avg_time", "min_time", "max_time", "p95_time", "query_count"));
    }

    private static void Keep(Stream<DeadLetter> deadLetters, QueryAnalyticsSettings settings)
    {
        if (settings.DeadLetterTopic.Length > 0)
        {
            deadLetters.ToKafka("dead letters", new KafkaSinkOptions { BootstrapServers = settings.Kafka, Topic = settings.DeadLetterTopic });
        }

        if (settings.DeadLetterFile.Length > 0)
        {
            deadLetters.ToFile("dead letter file", settings.DeadLetterFile);
        }
    }
}
