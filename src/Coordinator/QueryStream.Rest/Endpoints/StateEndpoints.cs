using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using QueryStream.Coordinator;
using QueryStream.Coordinator.State;
using QueryStream.Core.Time;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;
using QueryStream.Streams.Graph;

namespace QueryStream.Rest.Endpoints;

/// <summary>The keyed state of running jobs, and the shards through which it is asked for.</summary>
internal static class StateEndpoints
{
    private static readonly TimeSpan MaxLimit = TimeSpan.FromMinutes(1);

    public static void Map(RouteTable table)
    {
        table.Get(
            "/jobs/{jobid}/shards",
            "The slots of a job: where each is, with its tasks, operators and key groups.",
            (context, coordinator) => ShardsOf(JobIds.Find(context, coordinator)));
        table.Map(
            new RestRoute("GET", "/jobs/{jobid}/state/{**operator}", "The state of one key as its owner has it now.")
            {
                Query =
                [
                    new QueryParameter("key", "The key. This or keyJson must be given."),
                    new QueryParameter("keyJson", "The key as JSON."),
                    new QueryParameter("timeout", "How long its owner may take, as 10s."),
                ],
            },
            ReadAsync);
    }

    private static async Task<KeyStateResponse> ReadAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        KeyStateRequest request = RequestOf(context);
        if (job.EndedAt is not null)
        {
            throw new RestException(
                409, $"Job {job.Id} is {States.NameOf(job.Status)}, and its tasks hold no state now. Its checkpoints: GET /jobs/ID/checkpoints.");
        }

        if (context.RequestServices.GetService<IKeyOwners>() is not { } owners)
        {
            throw new RestException(503, "This process cannot reach the tasks of jobs, so it shows no state.");
        }

        KeyStateReader reader = new(owners, context.RequestServices.GetRequiredService<TimeProvider>());
        KeyState state = await reader.ReadAsync(job, request, context.RequestAborted).ConfigureAwait(false);
        return ViewOf(state);
    }

    private static KeyStateRequest RequestOf(HttpContext context)
    {
        // A slash in a name comes as it is, or encoded, which routing leaves alone.
        string name = ((string?)context.Request.RouteValues["operator"] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        IQueryCollection query = context.Request.Query;
        if (name.Length == 0 || query.TryGetValue("key", out StringValues key) == query.TryGetValue("keyJson", out StringValues json))
        {
            throw new RestException(400, "Write /jobs/ID/state/OPERATOR?key=KEY, or keyJson=JSON for a key that is JSON as it stands.");
        }

        KeyStateRequest request = key.Count > 0 ? new(name, key.ToString()) : new(name, json.ToString()) { IsJson = true };
        if (request.Key.Length > Wire.State.StateQuery.MaxKey)
        {
            throw new RestException(400, $"The key has {request.Key.Length} characters. Allowed: {Wire.State.StateQuery.MaxKey}.");
        }

        if (!query.TryGetValue("timeout", out StringValues timeout))
        {
            return request;
        }

        return Durations.TryParse(timeout.ToString(), out TimeSpan limit) && limit >= TimeSpan.Zero && limit <= MaxLimit
            ? request with { Limit = limit }
            : throw new RestException(400, $"timeout={timeout} is not allowed. Allowed: 0s to {Durations.Format(MaxLimit)}.");
    }

    private static KeyStateResponse ViewOf(KeyState state)
    {
        JsonElement content = Parse(state.State);
        return new KeyStateResponse
        {
            Job = state.Task.Task.Job.ToString(),
            Operator = state.OperatorName,
            OperatorId = state.Operator.ToString(),
            Key = Parse(state.Key),
            KeyGroup = state.Group.Number,
            Task = state.Task.Name,
            Attempt = state.Task.Attempt.Number,
            Worker = state.Task.Slot!.Value.Worker.Name,
            Slot = state.Task.Slot.Value.Index,
            Watermark = content.GetProperty("watermark").GetString()!,
            States = content.TryGetProperty("states", out JsonElement states) ? states : null,
            Windows = content.TryGetProperty("windows", out JsonElement windows) ? windows : null,
        };
    }

    private static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1_000 });
        return document.RootElement.Clone();
    }

    private static JobShardsResponse ShardsOf(JobHandle job) => new(
    [
        .. job.Graph is not { } graph || job.EndedAt is not null ? [] : job.Tasks.GroupBy(task => task.JobSlot).OrderBy(slot => slot.Key)
            .Select(slot => ShardOf(job, graph, slot.Key, [.. slot])),
    ]);

    private static JobShardDetails ShardOf(JobHandle job, JobGraph graph, int number, IReadOnlyList<TaskInfo> tasks) => new()
    {
        Shard = new JobShard(job.Id, number).ToString(),
        Worker = tasks[0].Slot?.Worker.Name,
        Slot = tasks[0].Slot?.Index ?? -1,
        Tasks = [.. tasks.Select(task => ViewOf(graph, task))],
    };

    private static ShardTask ViewOf(JobGraph graph, TaskInfo task)
    {
        (JobVertex Vertex, StreamNode Node)[] keyed = [.. KeyedOperators.Of(graph).Where(one => one.Vertex.Id == task.Task.Vertex)];
        return new ShardTask
        {
            Vertex = task.Task.Vertex.ToString(),
            Name = task.Name,
            Status = States.NameOf(task.State),
            Attempt = task.Attempt.Number,
            Operators = [.. keyed.Select(one => one.Node.Name)],
            KeyGroups = keyed.Length == 0 ? [] :
            [
                .. KeyedOperators.KeyGroupsOf(graph, keyed[0].Vertex, task.Task.Subtask).Select(range => new KeyGroupRange(range.First, range.Last)),
            ],
        };
    }
}
