using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Rest.Views;
using QueryStream.Streams.Graph;

namespace QueryStream.Rest.Endpoints;

/// <summary>The vertices of a job and their subtasks.</summary>
internal static class VertexEndpoints
{
    public static void Map(RouteTable table)
    {
        const string vertex = "/jobs/{jobid}/vertices/{vertexid}";
        table.Map("GET", vertex, (context, coordinator) => RestJson.WriteAsync(
            context, Find(context, coordinator).Details(), RestJson.Default.VertexResponse));
        table.Map("GET", $"{vertex}/subtasktimes", (context, coordinator) => RestJson.WriteAsync(
            context, Find(context, coordinator).SubtaskTimes(), RestJson.Default.SubtaskTimesResponse));
        table.Map("GET", $"{vertex}/taskmanagers", (context, coordinator) => RestJson.WriteAsync(
            context, Find(context, coordinator).ByWorker(), RestJson.Default.VertexWorkersResponse));
        table.Map("GET", $"{vertex}/backpressure", (context, coordinator) => RestJson.WriteAsync(
            context, Find(context, coordinator).BackPressure(), RestJson.Default.BackPressureResponse));
        table.Map("GET", $"{vertex}/subtasks/{{subtask}}", (context, coordinator) =>
        {
            VertexViews views = Find(context, coordinator);
            return RestJson.WriteAsync(context, views.SubtaskOf(SubtaskOf(context, views)), RestJson.Default.SubtaskDetails);
        });
        table.Map("GET", $"{vertex}/subtasks/{{subtask}}/attempts/{{attempt}}", (context, coordinator) =>
        {
            VertexViews views = Find(context, coordinator);
            return RestJson.WriteAsync(context, views.SubtaskOf(AttemptOf(context, views)), RestJson.Default.SubtaskDetails);
        });
    }

    /// <summary>The vertex that a path names.</summary>
    /// <exception cref="RestException">An id is malformed, or there is no such job or vertex.</exception>
    public static VertexViews Find(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        string text = (string)context.Request.RouteValues["vertexid"]!;
        if (!JobIds.TryParse(text, out UInt128 value))
        {
            throw new RestException(400, $"'{text}' is not the id of a vertex: 32 hexadecimal digits.");
        }

        JobVertex vertex = job.Graph?.Vertices.FirstOrDefault(one => one.Id == new VertexId(value))
            ?? throw new RestException(404, $"JobVertex {text} not found: job '{job.Name}' has none of that id. GET /jobs/{job.Id} lists them.");
        TimeProvider time = context.RequestServices.GetRequiredService<TimeProvider>();
        return new VertexViews(job, vertex, coordinator.Overview().Workers, time.GetUtcNow());
    }

    /// <summary>The subtask that a path names.</summary>
    /// <exception cref="RestException">The index is malformed, or there is no such subtask.</exception>
    public static TaskInfo SubtaskOf(HttpContext context, VertexViews views)
    {
        int subtask = NumberOf(context, "subtask", "the index of a subtask");
        return views.Tasks.FirstOrDefault(task => task.Task.Subtask == subtask) ?? throw new RestException(
            404, $"Invalid subtask index {subtask} for vertex {views.Vertex.Id}: its subtasks have the indexes 0 to {views.Vertex.Parallelism - 1}.");
    }

    /// <summary>The attempt of a subtask that a path names, the current one or one before it.</summary>
    /// <exception cref="RestException">A number is malformed, or there is no such subtask or attempt.</exception>
    public static TaskInfo AttemptOf(HttpContext context, VertexViews views)
    {
        TaskInfo current = SubtaskOf(context, views);
        int attempt = NumberOf(context, "attempt", "the number of an attempt");
        return views.Job.FormerTasks.Prepend(current).FirstOrDefault(task => task.Task == current.Task && task.Attempt.Number == attempt)
            ?? throw new RestException(
                404,
                $"Invalid attempt num {attempt}: {current.Name} is in attempt {current.Attempt.Number}, and only the last few before it are kept.");
    }

    private static int NumberOf(HttpContext context, string name, string what)
    {
        string text = (string)context.Request.RouteValues[name]!;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new RestException(400, $"'{text}' is not {what}: a whole number from 0 on.");
    }
}
