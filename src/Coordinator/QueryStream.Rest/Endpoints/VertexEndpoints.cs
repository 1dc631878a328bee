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
        table.Get(vertex, "A vertex: its subtasks and what has passed them.", (context, coordinator) => Find(context, coordinator).Details());
        table.Get(
            $"{vertex}/subtasktimes",
            "When the subtasks of a vertex have come to each state.",
            (context, coordinator) => Find(context, coordinator).SubtaskTimes());
        table.Get($"{vertex}/taskmanagers", "A vertex by worker.", (context, coordinator) => Find(context, coordinator).ByWorker());
        table.Get(
            $"{vertex}/backpressure",
            "The parts of the last seconds in which subtasks were held back, idle or busy.",
            (context, coordinator) => Find(context, coordinator).BackPressure());
        table.Get($"{vertex}/subtasks/{{subtask}}", "A subtask.", (context, coordinator) =>
        {
            VertexViews views = Find(context, coordinator);
            return views.SubtaskOf(SubtaskOf(context, views));
        });
        table.Get($"{vertex}/subtasks/{{subtask}}/attempts/{{attempt}}", "An attempt of a subtask.", (context, coordinator) =>
        {
            VertexViews views = Find(context, coordinator);
            return views.SubtaskOf(AttemptOf(context, views));
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
