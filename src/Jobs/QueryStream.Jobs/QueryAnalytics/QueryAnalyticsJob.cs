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
/// Ten windowed analytics over the queries of users, from a Kafka topic to Redis, where dashboards read them and subscribe to updates.
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

    // Users and response times.
    private static void CountUsers(
        Analytics analytics, Stream<Query> queries, KeyedStream<Query, Text> byUserType, Stream<Query> students, QueryAnalyticsSettings settings)
    {
        analytics.Publish(
            "faculty",
            analytics.Window("faculty", byUserType, settings.FacultyWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (key, userType) => key.Add(userType),
            (head, row) => new FacultyResult(
                head.Type, row.Key, head.Start, head.End, row.Value.Item1, row.Value.Item2, row.Value.Item3, head.IsFinal));

        analytics.Publish(
            "year",
            analytics.Window("year", queries.KeyBy(q => q.Years), settings.YearWindow)
                .Aggregate(w => (w.Count(), w.Average(q => q.ResponseTime))),
            (key, years) => key.Add(new StudyYear(years)),
            (head, row) => new YearResult(head.Type, new StudyYear(row.Key), head.Start, head.End, row.Value.Item1, row.Value.Item2, head.IsFinal));

        analytics.Publish(
            "heatmap",
            analytics.Window("heatmap", queries.KeyBy(q => (q.UserType, q.Years)), settings.HeatmapWindow)
                .Aggregate(w => (w.Count(), w.Average(q => q.ResponseTime))),
            (key, cell) => key.Add(cell.UserType).Add(new StudyYear(cell.Years)),
            (head, row) => new HeatmapResult(
                head.Type, row.Key.UserType, new StudyYear(row.Key.Years), head.Start, head.End, row.Value.Item1, row.Value.Item2, head.IsFinal));

        analytics.Publish(
            "student_year",
            analytics.Window("student_year", students.KeyBy(q => q.Years), settings.StudentYearWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (key, years) => key.Add(new StudyYear(years)),
            (head, row) => new StudentYearResult(
                head.Type, new StudyYear(row.Key), head.Start, head.End, row.Value.Item1, row.Value.Item2, row.Value.Item3, head.IsFinal));

        analytics.Publish(
            "department",
            analytics.Window("department", queries.KeyBy(q => q.DepartmentId), settings.DepartmentWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId), w.Average(q => q.ResponseTime))),
            (key, department) => key.Add(department),
            (head, row) => new DepartmentResult(
                head.Type, row.Key, head.Start, head.End, row.Value.Item1, row.Value.Item2, row.Value.Item3, head.IsFinal));
    }

    // Popular queries.
    private static void CountQueries(Analytics analytics, Stream<Query> queries, Stream<Query> students, QueryAnalyticsSettings settings)
    {
        analytics.Publish(
            "popular_queries",
            analytics.Window("popular_queries", queries.KeyBy(q => q.QueryText), settings.PopularQueriesWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId))),
            (key, query) => key.AddHash(query),
            (head, row) => new PopularQueryResult(head.Type, row.Key, head.Start, head.End, row.Value.Item1, row.Value.Item2, head.IsFinal));

        analytics.Publish(
            "popular_queries_by_year",
            analytics.Window("popular_queries_by_year", students.KeyBy(q => (q.Years, q.QueryText)), settings.PopularQueriesByYearWindow)
                .Aggregate(w => (w.Count(), w.CountDistinct(q => q.UserId))),
            (key, group) => key.Add(new StudyYear(group.Years)).AddHash(group.QueryText),
            (head, row) => new PopularQueryByYearResult(
                head.Type, new StudyYear(row.Key.Years), row.Key.QueryText, head.Start, head.End, row.Value.Item1, row.Value.Item2, head.IsFinal));
    }

    // Success rates and response times.
    private static void MeasureAnswers(
        Analytics analytics, Stream<Query> queries, KeyedStream<Query, Text> byUserType, QueryAnalyticsSettings settings)
    {
        WindowStream<Query, Unit, GroupCounts> userTypes = analytics.Window("user_type_distribution", queries, settings.UserTypeDistributionWindow)
            .Aggregate(w => w.CountBy(q => q.UserType));
        analytics.Publish(
            "user_type_distribution",
            userTypes.FlatMap<WindowResult<Text, UserTypeShare>>(UserTypeShare.Split),
            userTypes.Late,
            (key, userType) => key.Add(userType),
            (head, row) => new UserTypeResult(head.Type, row.Key, head.Start, head.End, row.Value.Queries, row.Value.Percentage, head.IsFinal));

        analytics.Publish(
            "success_rate",
            analytics.Window("success_rate", queries, settings.SuccessRateWindow)
                .Aggregate(w => (w.CountIf(q => q.IsSuccess), w.CountIf(q => !q.IsSuccess))),
            (key, _) => key.AddAll(),
            (head, row) => new SuccessResult(
                head.Type, head.Start, head.End,
                row.Value.Item1, row.Value.Item2, row.Value.Item1 * 100.0 / (row.Value.Item1 + row.Value.Item2), head.IsFinal));

        analytics.Publish(
            "response_time",
            analytics.Window("response_time", byUserType, settings.ResponseTimeWindow).Aggregate(w => (
                w.Average(q => q.ResponseTime),
                w.Min(q => q.ResponseTime),
                w.Max(q => q.ResponseTime),
                w.Quantile(q => q.ResponseTime, 0.95),
                w.Count())),
            (key, userType) => key.Add(userType),
            (head, row) => new ResponseTimeResult(
                head.Type, row.Key, head.Start, head.End,
                row.Value.Item1, row.Value.Item2, row.Value.Item3, row.Value.Item4, row.Value.Item5, head.IsFinal));
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
