using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator.Metrics;
using QueryStream.Hosting;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Endpoints;

/// <summary>
/// Metrics of each scope. Without <c>get</c> their ids, with <c>get=a,b</c> their values as text; where several jobs, workers or subtasks are asked,
/// their values as numbers, aggregated by <c>agg=min,max,avg,sum,skew</c>.
/// </summary>
internal static class MetricEndpoints
{
    private static readonly string[] Aggregations = ["min", "max", "avg", "sum", "skew"];

    public static void Map(RouteTable table)
    {
        const string vertex = "/jobs/{jobid}/vertices/{vertexid}";
        table.Map("GET", "/jobmanager/metrics", (context, coordinator) => WriteAsync(
            context,
            [
                .. MetricViews.OfProcess(context.RequestServices.GetRequiredService<ProcessProbe>().Read()),
                .. ClusterMetricList.Of(coordinator.Overview()),
            ]));
        table.Map("GET", "/taskmanagers/metrics", (context, coordinator) => WriteAggregatedAsync(context, [
            .. Selected(context, "taskmanagers", coordinator.Overview().Workers, worker => worker.Worker.Name)
                .Select(worker => MetricViews.OfProcess(worker.Process))]));
        table.Map("GET", "/taskmanagers/{worker}/metrics", (context, coordinator) => WriteAsync(
            context, MetricViews.OfProcess(ClusterEndpoints.FindWorker(context, coordinator).Process)));
        table.Map("GET", "/jobs/metrics", (context, coordinator) => WriteAggregatedAsync(context, [
            .. Selected(context, "jobs", coordinator.Overview().Jobs, job => job.Id.ToString()).Select(job => JobMetricList.Of(job, Now(context)))]));
        table.Map("GET", "/jobs/{jobid}/metrics", (context, coordinator) => WriteAsync(
            context, JobMetricList.Of(JobIds.Find(context, coordinator), Now(context))));
        table.Map("GET", $"{vertex}/metrics", (context, coordinator) => WriteAsync(
            context, MetricViews.OfVertex(VertexEndpoints.Find(context, coordinator))));
        table.Map("GET", $"{vertex}/subtasks/metrics", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            return WriteAggregatedAsync(context, [
                .. Selected(context, "subtasks", views.Tasks, task => task.Task.Subtask.ToString(CultureInfo.InvariantCulture))
                    .Select(task => MetricViews.OfSubtask(views.Vertex, task))]);
        });
        table.Map("GET", $"{vertex}/subtasks/{{subtask}}/metrics", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            return WriteAsync(context, MetricViews.OfSubtask(views.Vertex, VertexEndpoints.SubtaskOf(context, views)));
        });

        // Flink has some of its sources' enumerators here; a coordinator of ours has no parts of operators.
        table.Map("GET", $"{vertex}/jm-operator-metrics", (context, coordinator) =>
        {
            VertexEndpoints.Find(context, coordinator);
            return WriteAsync(context, []);
        });
        table.Map("GET", $"{vertex}/watermarks", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            return AnswerAsync(context, [.. MetricViews.OfVertex(views)
                .Where(metric => metric.Id.EndsWith(".currentInputWatermark", StringComparison.Ordinal)).Select(ValueOf)]);
        });
    }

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static MetricDetails ValueOf(Metric metric) => new(metric.Id) { Value = metric.Text };

    private static Task WriteAsync(HttpContext context, IEnumerable<Metric> metrics) => AnswerAsync(context, ListOf(context, "get") is { } wanted
        ? [.. metrics.Where(metric => wanted.Contains(metric.Id)).Select(ValueOf)]
        : [.. metrics.Select(metric => new MetricDetails(metric.Id))]);

    private static Task AnswerAsync(HttpContext context, IReadOnlyList<MetricDetails> answer) =>
        RestJson.WriteAsync(context, answer, RestJson.Default.IReadOnlyListMetricDetails);

    private static Task WriteAggregatedAsync(HttpContext context, IReadOnlyList<IEnumerable<Metric>> scopes)
    {
        HashSet<string> aggregations = ListOf(context, "agg") ?? [.. Aggregations];
        if (aggregations.FirstOrDefault(asked => !Aggregations.Contains(asked)) is { } unknown)
        {
            throw new RestException(400, $"agg={unknown} is not allowed. Allowed: {string.Join(", ", Aggregations)}.");
        }

        HashSet<string>? wanted = ListOf(context, "get");
        AggregatedMetric[] answer =
        [
            .. scopes.SelectMany(metrics => metrics)
                .Where(metric => wanted is null || (wanted.Contains(metric.Id) && double.IsFinite(metric.Number)))
                .GroupBy(metric => metric.Id)
                .Select(group => wanted is null
                    ? new AggregatedMetric(group.Key)
                    : Aggregate(group.Key, [.. group.Select(metric => metric.Number)], aggregations)),
        ];
        return RestJson.WriteAsync(context, answer, RestJson.Default.IReadOnlyListAggregatedMetric);
    }

    private static AggregatedMetric Aggregate(string id, double[] values, HashSet<string> aggregations) => new(id)
    {
        Min = aggregations.Contains("min") ? values.Min() : null,
        Max = aggregations.Contains("max") ? values.Max() : null,
        Average = aggregations.Contains("avg") ? values.Average() : null,
        Sum = aggregations.Contains("sum") ? values.Sum() : null,
        Skew = aggregations.Contains("skew") ? Statistics.Skew(values) : null,
    };

    // Those that the query names; all if it names none.
    private static IEnumerable<T> Selected<T>(HttpContext context, string parameter, IEnumerable<T> all, Func<T, string> name) =>
        ListOf(context, parameter) is { } wanted ? all.Where(one => wanted.Contains(name(one))) : all;

    // Ids contain no commas, except where an operator's name does: Flink's clients escape it, and ASP.NET has unescaped all of the query.
    private static HashSet<string>? ListOf(HttpContext context, string parameter) =>
        context.Request.Query[parameter].ToString() is { Length: > 0 } text ? [.. text.Split(',')] : null;
}
