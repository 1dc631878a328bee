using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Core.Identity;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>Deletes savepoints.</summary>
internal static class DisposalEndpoints
{
    // Savepoints outlast their jobs; no job has this id.
    private static readonly JobId NoJob = new(0);

    public static void Map(RouteTable table)
    {
        table.Map(
            new RestRoute("POST", "/savepoint-disposal", "Deletes a savepoint, or a checkpoint that has outlasted its job, from a directory.")
            {
                Body = RouteContent.Json<DisposalRequest>(),
            },
            StartAsync);
        table.Map(new RestRoute("GET", "/savepoint-disposal/{triggerid}", "Whether a savepoint is deleted."), StatusAsync);
    }

    private static async Task<TriggerResponse> StartAsync(HttpContext context, CoordinatorNode coordinator)
    {
        DisposalRequest request = await JsonRequest.ReadAsync(context, RestJson.Default.DisposalRequest).ConfigureAwait(false);
        if (request.SavepointPath is not { } path || !SavepointDisposal.IsDirectory(path) || path.Any(char.IsControl))
        {
            throw new RestException(
                400, $"The field 'savepoint-path' must be the path of a savepoint, file:///PATH, and is '{request.SavepointPath}'.");
        }

        SavepointDisposal disposal = context.RequestServices.GetRequiredService<SavepointDisposal>();
        ILogger log = context.RequestServices.GetRequiredService<ILogger<RestOptions>>();
        string trigger = Guid.NewGuid().ToString("n");
        context.RequestServices.GetRequiredService<SavepointOperations>().Start(NoJob, trigger, () => Task.Run(async () =>
        {
            // Goes on when the client has gone, since that asks again how it has ended.
            await disposal.RunAsync(coordinator, path, CancellationToken.None).ConfigureAwait(false);
            Log.SavepointDisposed(log, path);
            return path;
        }));
        return new TriggerResponse(trigger);
    }

    private static Task<SavepointStatusResponse> StatusAsync(HttpContext context, CoordinatorNode coordinator)
    {
        string trigger = (string)context.Request.RouteValues["triggerid"]!;
        Task<string> operation = context.RequestServices.GetRequiredService<SavepointOperations>().FindAsync(NoJob, trigger)
            ?? throw new RestException(404, $"There is no disposal of a savepoint with triggerId={trigger}.");

        // The result of a disposal is empty, as Flink's.
        return SavepointEndpoints.AnswerAsync(operation, withLocation: false);
    }
}
