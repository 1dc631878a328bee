using System.Globalization;
using QueryStream.Coordinator;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Endpoints;

/// <summary>The counters that jobs have declared, where Flink has its accumulators.</summary>
internal static class AccumulatorEndpoints
{
    public static void Map(RouteTable table)
    {
        const string vertex = "/jobs/{jobid}/vertices/{vertexid}";
        table.Get(
            "/jobs/{jobid}/accumulators",
            "The counters that a job has declared.",
            (context, coordinator) => new JobAccumulatorsResponse([.. JobIds.Find(context, coordinator).Metrics().Counters.Select(DetailsOf)]));
        table.Get($"{vertex}/accumulators", "The counters of a vertex.", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            return new VertexAccumulatorsResponse(views.Vertex.Id.ToString(), Sum(views.Tasks));
        });
        table.Get($"{vertex}/subtasks/accumulators", "The counters of a vertex by subtask.", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            return new SubtasksAccumulatorsResponse(
                views.Vertex.Id.ToString(), views.Vertex.Parallelism, [.. views.Tasks.Select(task => InList(views, task))]);
        });
        table.Get($"{vertex}/subtasks/{{subtask}}/attempts/{{attempt}}/accumulators", "The counters of an attempt.", (context, coordinator) =>
        {
            VertexViews views = VertexEndpoints.Find(context, coordinator);
            TaskInfo task = VertexEndpoints.AttemptOf(context, views);
            string id = string.Create(
                CultureInfo.InvariantCulture, $"{views.Job.Id}_{views.Vertex.Id}_{task.Task.Subtask}_{task.Attempt.Number}");
            return Of(task) with { Id = id };
        });
    }

    private static SubtaskAccumulators Of(TaskInfo task) =>
        new() { Subtask = task.Task.Subtask, Attempt = task.Attempt.Number, User = Sum([task]) };

    private static SubtaskAccumulators InList(VertexViews views, TaskInfo task)
    {
        SubtaskDetails details = views.SubtaskOf(task);
        return Of(task) with { Host = details.Host, Endpoint = details.Endpoint };
    }

    private static AccumulatorDetails[] Sum(IReadOnlyList<TaskInfo> tasks) =>
    [
        .. tasks.Select(task => task.Figures).OfType<TaskFigures>().SelectMany(figures => figures.Counters).GroupBy(counter => counter.Key)
            .OrderBy(counter => counter.Key, StringComparer.Ordinal)
            .Select(counter => DetailsOf(KeyValuePair.Create(counter.Key, counter.Sum(one => one.Value)))),
    ];

    private static AccumulatorDetails DetailsOf(KeyValuePair<string, long> counter) =>
        new(counter.Key, counter.Value.ToString(CultureInfo.InvariantCulture));
}
