using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Rest.Model;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Rest.Views;

/// <summary>A vertex and its subtasks as their answers show them.</summary>
/// <param name="Job">The job.</param>
/// <param name="Vertex">The vertex.</param>
/// <param name="Workers">The workers that are registered, for their addresses.</param>
/// <param name="Now">The time of the answer.</param>
internal sealed record VertexViews(JobHandle Job, JobVertex Vertex, IReadOnlyList<WorkerInfo> Workers, DateTimeOffset Now)
{
    /// <summary>Its subtasks now, by index.</summary>
    public IReadOnlyList<TaskInfo> Tasks { get; } = [.. Job.Tasks.Where(task => task.Task.Vertex == Vertex.Id)];

    public VertexResponse Details()
    {
        SubtaskDetails[] subtasks = [.. Tasks.Select(SubtaskOf)];
        return new VertexResponse
        {
            Id = Vertex.Id.ToString(),
            Name = Vertex.Name,
            Parallelism = Vertex.Parallelism,
            MaxParallelism = Job.Graph!.KeyGroups,
            Now = Times.Of(Now),
            Subtasks = subtasks,
            Aggregated = AggregatesOf(subtasks),
        };
    }

    public SubtaskDetails SubtaskOf(TaskInfo task)
    {
        WorkerAddress? address = AddressOf(task.Slot?.Worker);
        return new SubtaskDetails
        {
            Subtask = task.Task.Subtask,
            Status = States.NameOf(task.State),
            Attempt = task.Attempt.Number,
            Host = address?.Host ?? task.Slot?.Worker.Name ?? "",
            Endpoint = address?.ToString() ?? task.Slot?.Worker.Name ?? "",
            StartTime = Times.Of(task.DeployedAt),
            EndTime = Times.Of(task.EndedAt),
            Duration = task.DeployedAt is { } start ? (long)((task.EndedAt ?? Now) - start).TotalMilliseconds : -1,
            Metrics = IoViews.Of([task]),
            WorkerId = task.Slot?.Worker.Name ?? "",
            StatusDuration = DurationsOf(task),
            Slot = task.Slot?.Index,
        };
    }

    public SubtaskTimesResponse SubtaskTimes() => new(
        Vertex.Id.ToString(), Vertex.Name, Times.Of(Now), [.. Tasks.Select(task => new SubtaskTimes
        {
            Subtask = task.Task.Subtask,
            Host = AddressOf(task.Slot?.Worker)?.Host ?? task.Slot?.Worker.Name ?? "",
            Endpoint = AddressOf(task.Slot?.Worker)?.ToString() ?? task.Slot?.Worker.Name ?? "",
            Duration = (long)((task.EndedAt ?? Now) - task.Reached[ExecutionState.Created]).TotalMilliseconds,
            Timestamps = States.TimesOf(task),
        })]);

    public VertexWorkersResponse ByWorker() => new(
        Vertex.Id.ToString(),
        Vertex.Name,
        Times.Of(Now),
        [.. Tasks.Where(task => task.Slot is not null).GroupBy(task => task.Slot!.Value.Worker)
            .OrderBy(tasks => tasks.Key.Name, StringComparer.Ordinal).Select(tasks => WorkerOf(tasks.Key, [.. tasks]))]);

    public BackPressureResponse BackPressure()
    {
        TaskInfo[] measured = [.. Tasks.Where(task => task.State == ExecutionState.Running && task.Figures?.Rates is not null)];
        return measured.Length == 0 ? new BackPressureResponse { Status = "deprecated" } : new BackPressureResponse
        {
            Level = LevelOf(measured.Max(task => task.Figures!.Rates!.BackPressured)),
            EndTimestamp = Times.Of(Now),
            Subtasks = [.. measured.Select(task => BackPressureOf(task.Task.Subtask, task.Figures!.Rates!))],
        };
    }

    private VertexWorker WorkerOf(WorkerId worker, IReadOnlyList<TaskInfo> tasks)
    {
        DateTimeOffset? start = tasks.Min(task => task.DeployedAt);
        DateTimeOffset? end = tasks.All(task => task.EndedAt is not null) ? tasks.Max(task => task.EndedAt) : null;
        string address = AddressOf(worker)?.ToString() ?? worker.Name;
        return new VertexWorker
        {
            Host = address,
            Endpoint = address,
            Status = States.NameOf(States.Of(tasks)),
            StartTime = Times.Of(start),
            EndTime = Times.Of(end),
            Duration = start is null ? -1 : (long)((end ?? Now) - start.Value).TotalMilliseconds,
            Metrics = IoViews.Of(tasks),
            StatusCounts = States.Count(tasks.Select(task => States.NameOf(task.State))),
            WorkerId = worker.Name,
            Aggregated = AggregatesOf([.. tasks.Select(SubtaskOf)]),
        };
    }

    private WorkerAddress? AddressOf(WorkerId? worker) => Workers.FirstOrDefault(one => one.Worker == worker)?.Address;

    private static string LevelOf(double backPressured) => TaskRates.LevelOf(backPressured).ToString().ToLowerInvariant();

    private static SubtaskBackPressure BackPressureOf(int subtask, TaskRates rates) => new()
    {
        Subtask = subtask,
        Level = LevelOf(rates.BackPressured),
        Ratio = rates.BackPressured,
        IdleRatio = rates.Idle,
        BusyRatio = rates.Busy,
    };

    // In the order of time; each state lasts until the next one.
    private Dictionary<string, long> DurationsOf(TaskInfo task)
    {
        Dictionary<string, long> durations = [];
        KeyValuePair<ExecutionState, DateTimeOffset>[] reached = [.. task.Reached.OrderBy(state => state.Value).ThenBy(state => state.Key)];
        for (int i = 0; i < reached.Length; i++)
        {
            if (i + 1 < reached.Length || task.EndedAt is null)
            {
                DateTimeOffset until = i + 1 < reached.Length ? reached[i + 1].Value : Now;
                durations[States.NameOf(reached[i].Key)] = (long)(until - reached[i].Value).TotalMilliseconds;
            }
        }

        return durations;
    }

    private static SubtaskAggregates AggregatesOf(IReadOnlyCollection<SubtaskDetails> subtasks)
    {
        Dictionary<string, SubtaskStatistics> Over(params (string Name, Func<IoMetrics, long> Value)[] figures) =>
            figures.ToDictionary(figure => figure.Name, figure => Statistics.Of(subtasks.Select(subtask => figure.Value(subtask.Metrics))));
        return new SubtaskAggregates
        {
            Metrics = Over(
                ("read-bytes", io => io.ReadBytes),
                ("write-bytes", io => io.WriteBytes),
                ("read-records", io => io.ReadRecords),
                ("write-records", io => io.WriteRecords),
                ("accumulated-backpressured-time", io => io.AccumulatedBackpressuredTime),
                ("accumulated-idle-time", io => io.AccumulatedIdleTime),
                ("accumulated-busy-time", io => (long)io.AccumulatedBusyTime)),
            StatusDuration = subtasks.SelectMany(subtask => subtask.StatusDuration).GroupBy(state => state.Key)
                .ToDictionary(state => state.Key, state => Statistics.Of(state.Select(one => one.Value))),
        };
    }
}
