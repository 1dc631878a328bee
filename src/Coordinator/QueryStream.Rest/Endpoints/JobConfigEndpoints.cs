using System.Globalization;
using Microsoft.AspNetCore.Http;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Rest.Model;
using QueryStream.Rest.Views;
using QueryStream.Streams.Graph;

namespace QueryStream.Rest.Endpoints;

/// <summary>How a job is executed, at which parallelism, and how it has ended.</summary>
internal static class JobConfigEndpoints
{
    private const string Requirements = "/jobs/{jobid}/resource-requirements";

    public static void Map(RouteTable table)
    {
        table.Get(
            "/jobs/{jobid}/config",
            "The restart strategy of a job in words, its parallelism, and its settings without secrets.",
            (context, coordinator) => ConfigOf(JobIds.Find(context, coordinator)));
        table.Get(
            "/jobs/{jobid}/execution-result",
            "How a job has ended; IN_PROGRESS before.",
            (context, coordinator) => ResultOf(JobIds.Find(context, coordinator)));
        table.Get(
            Requirements,
            "The parallelism at which each vertex may run.",
            (context, coordinator) => RequirementsOf(JobIds.Find(context, coordinator)));
        table.Map(
            new RestRoute("PUT", Requirements, "Changes the parallelism of a job: vertices that set none of their own have one in common.")
            {
                Body = RouteContent.Json<Dictionary<string, VertexRequirements>>(),
            },
            RequireAsync);
    }

    private static JobConfigResponse ConfigOf(JobHandle job) => new(job.Id.ToString(), job.Name, new JobExecutionConfig
    {
        RestartStrategy = Describe(job.Submission.Options),
        Parallelism = job.Parallelism,
        UserConfig = job.Submission.Settings.Values.ToDictionary(value => value.Key, value => EffectiveSettings.Shown(value.Key, value.Value)),
    });

    private static string Describe(ExecutionOptions options)
    {
        RestartSettings restarts = options.Restarts;
        return restarts.Strategy switch
        {
            RestartStrategyType.Unset when options.Checkpoints.Storage.Length == 0 => "none, since it takes no checkpoints",
            RestartStrategyType.None => "none",
            RestartStrategyType.FixedDelay => string.Create(
                CultureInfo.InvariantCulture,
                $"fixed-delay: {restarts.FixedDelayAttempts} restarts, {Durations.Format(restarts.FixedDelay)} before each"),
            RestartStrategyType.FailureRate => string.Create(
                CultureInfo.InvariantCulture,
                $"failure-rate: {restarts.FailureRateMaxFailures} failures in {Durations.Format(restarts.FailureRateInterval)}, "
                + $"{Durations.Format(restarts.FailureRateDelay)} before each restart"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"exponential-delay: {Durations.Format(restarts.InitialBackoff)} to {Durations.Format(restarts.MaxBackoff)}, "
                + $"growing by {restarts.BackoffMultiplier}"),
        };
    }

    private static ExecutionResultResponse ResultOf(JobHandle job) => job.EndedAt is not { } ended
        ? new ExecutionResultResponse(new OperationStatus("IN_PROGRESS"))
        : new ExecutionResultResponse(new OperationStatus("COMPLETED"))
        {
            Result = new ExecutionResult
            {
                Id = job.Id.ToString(),
                Status = job.Status == JobStatus.Finished ? "SUCCEEDED" : States.NameOf(job.Status),
                NetRuntime = (long)(ended - job.SubmittedAt).TotalMilliseconds,
                Failure = job.Failure is { } failure ? FailureCause.Of(failure) : null,
            },
        };

    private static Dictionary<string, VertexRequirements> RequirementsOf(JobHandle job) => GraphOf(job).Vertices.ToDictionary(
        vertex => vertex.Id.ToString(),
        vertex => new VertexRequirements(IsFixed(vertex)
            ? new ParallelismBounds(vertex.Parallelism, vertex.Parallelism)
            : new ParallelismBounds(1, job.WantedParallelism)));

    // Flink lets each vertex run at a parallelism of its own; here those that set none have one in common, that of the job.
    private static async Task<EmptyResponse> RequireAsync(HttpContext context, CoordinatorNode coordinator)
    {
        JobHandle job = JobIds.Find(context, coordinator);
        JobGraph graph = GraphOf(job);
        Dictionary<string, VertexRequirements> asked =
            await JsonRequest.ReadAsync(context, RestJson.Default.DictionaryStringVertexRequirements).ConfigureAwait(false);
        HashSet<int> wanted = [];
        foreach (JobVertex vertex in graph.Vertices)
        {
            string id = vertex.Id.ToString();
            ParallelismBounds bounds = asked.GetValueOrDefault(id)?.Parallelism
                ?? throw new RestException(400, $"The request is incomplete, missing job vertex [{id}] resource requirements.");
            Check(graph, vertex, bounds);
            if (!IsFixed(vertex))
            {
                wanted.Add(bounds.Upper);
            }
        }

        if (asked.Keys.FirstOrDefault(id => graph.Vertices.All(vertex => vertex.Id.ToString() != id)) is { } unknown)
        {
            throw new RestException(400, $"There is no vertex '{unknown}' in job '{job.Name}'.");
        }

        if (wanted.Count > 1)
        {
            throw new RestException(
                400,
                $"The upper bounds {string.Join(", ", wanted.Order())} differ: vertices that set no parallelism of their own have one in common.");
        }

        if (wanted.Count == 1 && wanted.Single() != job.WantedParallelism)
        {
            _ = await job.RescaleAsync(wanted.Single()).ConfigureAwait(false);
        }

        return new EmptyResponse();
    }

    private static void Check(JobGraph graph, JobVertex vertex, ParallelismBounds bounds)
    {
        if (bounds.Lower < 1 || bounds.Upper < bounds.Lower || bounds.Upper > graph.KeyGroups)
        {
            throw new RestException(
                400,
                $"The bounds {bounds.Lower} to {bounds.Upper} of vertex {vertex.Id} are not allowed. "
                + $"Allowed: a lower one from 1 on, and an upper one that is not below it, at most {graph.KeyGroups}.");
        }

        if (IsFixed(vertex) && vertex.Parallelism != bounds.Upper)
        {
            throw new RestException(400, $"Vertex '{vertex.Name}' sets its parallelism itself: {vertex.Parallelism}.");
        }
    }

    private static bool IsFixed(JobVertex vertex) => vertex.Head.Parallelism is not null;

    private static JobGraph GraphOf(JobHandle job) => job.Graph
        ?? throw new RestException(503, $"The graph of job '{job.Name}' is not built yet. Try again in a second.", ErrorCode.ServiceUnavailable);
}
