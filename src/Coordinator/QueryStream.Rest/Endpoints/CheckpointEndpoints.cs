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
        table.Map("GET", checkpoints, (context, coordinator) => RestJson.WriteAsync(
            context, CheckpointViews.Of(JobIds.Find(context, coordinator).Checkpoints), RestJson.Default.CheckpointsResponse));
        table.Map("GET", $"{checkpoints}/config", (context, coordinator) => RestJson.WriteAsync(
            context,
            CheckpointDetailViews.ConfigOf(JobIds.Find(context, coordinator).Submission.Options.Checkpoints),
            RestJson.Default.CheckpointConfigResponse));
        table.Map("GET", $"{checkpoints}/details/{{checkpointid}}", (context, coordinator) =>
        {
            JobHandle job = JobIds.Find(context, coordinator);
            CheckpointInfo checkpoint = Find(context, job);
            return RestJson.WriteAsync(
                context,
                CheckpointViews.Details(checkpoint, job.Checkpoints)! with { Tasks = CheckpointDetailViews.VerticesOf(job, checkpoint) },
                RestJson.Default.CheckpointDetails);
        });
        table.Map("GET", $"{checkpoints}/details/{{checkpointid}}/subtasks/{{vertexid}}", (context, coordinator) =>
        {
            VertexViews vertex = VertexEndpoints.Find(context, coordinator);
            return RestJson.WriteAsync(
                context, CheckpointDetailViews.VertexOf(Find(context, vertex.Job), vertex.Vertex), RestJson.Default.VertexCheckpointResponse);
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
