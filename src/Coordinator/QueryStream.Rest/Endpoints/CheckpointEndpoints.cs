using System.Globalization;
using Microsoft.AspNetCore.Http;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Rest.Views;

namespace QueryStream.Rest.Endpoints;

/// <summary>The checkpoints of a job.</summary>
internal static class CheckpointEndpoints
{
    public static void Map(RouteTable table)
    {
        const string checkpoints = "/jobs/{jobid}/checkpoints";
        table.Get(
            checkpoints,
            "The checkpoints of a job: counts, the last of each kind, and the last ones.",
            (context, coordinator) => CheckpointViews.Of(JobIds.Find(context, coordinator).Checkpoints));
        table.Get(
            $"{checkpoints}/config",
            "How checkpoints of a job are taken.",
            (context, coordinator) => CheckpointDetailViews.ConfigOf(JobIds.Find(context, coordinator).Submission.Options.Checkpoints));
        table.Get($"{checkpoints}/details/{{checkpointid}}", "A checkpoint by vertex.", (context, coordinator) =>
        {
            JobHandle job = JobIds.Find(context, coordinator);
            CheckpointInfo checkpoint = Find(context, job);
            return CheckpointViews.Details(checkpoint, job.Checkpoints)! with { Tasks = CheckpointDetailViews.VerticesOf(job, checkpoint) };
        });
        table.Get($"{checkpoints}/details/{{checkpointid}}/subtasks/{{vertexid}}", "A vertex in a checkpoint by subtask.", (context, coordinator) =>
        {
            VertexViews vertex = VertexEndpoints.Find(context, coordinator);
            return CheckpointDetailViews.VertexOf(Find(context, vertex.Job), vertex.Vertex);
        });
    }

    private static CheckpointInfo Find(HttpContext context, JobHandle job)
    {
        string text = (string)context.Request.RouteValues["checkpointid"]!;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            throw new RestException(400, $"'{text}' is not the id of a checkpoint: a whole number.");
        }

        CheckpointStatistics all = job.Checkpoints;
        return all.History.Prepend(all.InProgress).Append(all.LastCompleted).Append(all.LastSavepoint).Append(all.LastFailed)
            .OfType<CheckpointInfo>().FirstOrDefault(checkpoint => checkpoint.Id.Number == number)
            ?? throw new RestException(
                404, $"Could not find checkpointing statistics for checkpoint {number}: the last {CheckpointStatistics.MaxHistory} are kept.");
    }
}
