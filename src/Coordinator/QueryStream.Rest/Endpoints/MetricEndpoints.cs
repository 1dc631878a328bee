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

    private const string Aggregation = "agg";

    private static readonly QueryParameter Wanted = new("get", "Of which metrics the values are wanted, separated by commas. Without it: all ids.");

    public static void Map(RouteTable table)
    {
        table.Get(
            "/jobmanager/metrics",
            "Metrics of the coordinator's process, and numbers of workers, slots and jobs.",
            (context, coordinator) => Of(
                context,
                [
                    .. MetricViews.OfProcess(context.RequestServices.GetRequiredService<ProcessProbe>().Read()),
                    .. ClusterMetricList.Of(coordinator.Overview()),
                ]),
            Wanted);
        table.Get(
            "/taskmanagers/metrics",
            "Metrics over all workers.",
            (context, coordinator) => Aggregated(context, [
                .. Selected(context, "taskmanagers", coordinator.Overview().Workers, worker => worker.Worker.Name)
                    .Select(worker => MetricViews.OfProcess(worker.Process))]),
            OverSeveral("taskmanagers", "Only these workers, separated by commas."));
        table.Get(
            "/taskmanagers/{worker}/metrics",
            "Metrics of a worker's process.",
            (context, coordinator) => Of(context, MetricViews.OfProcess(ClusterEndpoints.FindWorker(context, coordinator).Process)),
            Wanted);
        table.Get(
            "/jobs/metrics",
            "Metrics over all jobs that have not ended.",
            (context, coordinator) => Aggregated(context, [
                .. Selected(context, "jobs", coordinator.Overview().Jobs, job => job.Id.ToString())
                    .Select(job => JobMetricList.Of(job, Now(context)))]),
            OverSeveral("jobs", "Only these jobs, separated by commas."));
        table.Get(
            "/jobs/{jobid}/metrics",
            "Metrics of a job: its checkpoints, restarts, and time in its state.",
            (context, coordinator) => Of(context, JobMetricList.Of(JobIds.Find(context, coordinator), Now(context))),
            Wanted);
        MapVertex(table);
    }

    private static void MapVertex(RouteTable table)
    {
        const string vertex = "/jobs/{jobid}/vertices/{vertexid}";
        table.Get(
            $"{vertex}/metrics",
            "Metrics of all subtasks of a vertex, each by its index: 0.numRecordsIn.",
            (context, coordinator) => Of(context, MetricViews.OfVertex(VertexEndpoints.Find(context, coordinator))),
            Wanted);
        table.Get(
            $"{vertex}/subtasks/metrics",
            "Metrics over the subtasks of a vertex.",
            (context, coordinator) =>
            {
                VertexViews views = VertexEndpoints.Find(context, coordinator);
                return Aggregated(context, [
                    .. Selected(context, "subtasks", views.Tasks, task => task.Task.Subtask.ToString(CultureInfo.InvariantCulture))
                        .Select(task => MetricViews.OfSubtask(views.Vertex, task))]);
            },
            OverSeveral("subtasks", "Only these subtasks, separated by commas."));
        table.Get(
            $"{vertex}/subtasks/{{subtask}}/metrics",
            "Metrics of a subtask.",
            (context, coordinator) =>
            {
                VertexViews views = VertexEndpoints.Find(context, coordinator);
                return Of(context, MetricViews.OfSubtask(views.Vertex, VertexEndpoints.SubtaskOf(context, views)));
            },
            Wanted);

        // Flink has some of its sources' enumerators here; a coordinator of ours has no parts of operators.
        table.Get(
            $"{vertex}/jm-operator-metrics",
            "Empty: coordinators run no parts of operators.",
            (context, coordinator) =>
            {
                VertexEndpoints.Find(context, coordinator);
                return Of(context, []);
            },
            Wanted);
        table.Get<IReadOnlyList<MetricDetails>>($"{vertex}/watermarks", "The watermarks of the subtasks of a vertex.", (context, coordinator) =>
        [
            .. MetricViews.OfVertex(VertexEndpoints.Find(context, coordinator))
                .Where(metric => metric.Id.EndsWith(".currentInputWatermark", StringComparison.Ordinal)).Select(ValueOf),
        ]);
    }

    private static QueryParameter[] OverSeveral(string name, string summary) => [
        Wanted,
        new(Aggregation, $"Which numbers, separated by commas: {string.Join(", ", Aggregations)}. All without it."),
        new(name, summary)];

    private static DateTimeOffset Now(HttpContext context) => context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();

    private static MetricDetails ValueOf(Metric metric) => new(metric.Id) { Value = metric.Text };

    private static IReadOnlyList<MetricDetails> Of(HttpContext context, IEnumerable<Metric> metrics) => ListOf(context, Wanted.Name) is { } wanted
        ? [.. metrics.Where(metric => wanted.Contains(metric.Id)).Select(ValueOf)]
        : [.. metrics.Select(metric => new MetricDetails(metric.Id))];

    private static IReadOnlyList<AggregatedMetric> Aggregated(HttpContext context, IReadOnlyList<IEnumerable<Metric>> scopes)
    {
        HashSet<string> aggregations = ListOf(context, Aggregation) ?? [.. Aggregations];
        if (aggregations.FirstOrDefault(asked => !Aggregations.Contains(asked)) is { } unknown)
        {
            throw new RestException(400, $"{Aggregation}={unknown} is not allowed. Allowed: {string.Join(", ", Aggregations)}.");
        }

        HashSet<string>? wanted = ListOf(context, Wanted.Name);
        return
        [
            .. scopes.SelectMany(metrics => metrics)
                .Where(metric => wanted is null || (wanted.Contains(metric.Id) && double.IsFinite(metric.Number)))
                .GroupBy(metric => metric.Id)
                .Select(group => wanted is null
                    ? new AggregatedMetric(group.Key)
                    : Aggregate(group.Key, [.. group.Select(metric => metric.Number)], aggregations)),
        ];
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
