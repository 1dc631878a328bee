using System.Collections.Immutable;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Wire.Metrics;

namespace QueryStream.Coordinator.Jobs;

/// <summary>One task of one attempt, as its job's master sees it.</summary>
/// <param name="job">The job.</param>
/// <param name="attempt">The attempt.</param>
/// <param name="vertex">Its vertex.</param>
/// <param name="subtask">Its subtask index.</param>
/// <param name="time">The clock.</param>
internal sealed class TaskExecution(JobId job, Attempt attempt, JobVertex vertex, int subtask, TimeProvider time)
{
    private readonly TaskSamples _samples = new();

    public TaskId Id { get; } = new(job, vertex.Id, subtask);

    public Attempt Attempt { get; } = attempt;

    /// <summary>The attempt of its region, which is before that of a task that has moved since it began.</summary>
    public Attempt Region { get; init; } = attempt;

    public JobVertex Vertex { get; } = vertex;

    public ExecutionState State { get; private set; } = ExecutionState.Created;

    public SlotId? Slot { get; private set; }

    /// <summary>Its last report; null before the first one.</summary>
    public TaskSample? Sample => _samples.Last;

    /// <summary>When it has come to each state.</summary>
    public ImmutableDictionary<ExecutionState, DateTimeOffset> Reached { get; private set; } =
        ImmutableDictionary<ExecutionState, DateTimeOffset>.Empty.Add(ExecutionState.Created, time.GetUtcNow());

    /// <summary>When the last acknowledgement arrived, by the coordinator's clock; null before the first.</summary>
    public long? AcknowledgedAt { get; private set; }

    public bool HasEnded => TaskLifeCycle.IsTerminal(State);

    /// <summary>Changes the state.</summary>
    /// <returns>False, without a change, if that is not legal: the report came too late.</returns>
    public bool TryMoveTo(ExecutionState next)
    {
        bool legal = TaskLifeCycle.IsLegal(State, next);
        if (legal)
        {
            State = next;
            Reached = Reached.SetItem(next, time.GetUtcNow());
        }

        return legal;
    }

    public void Place(SlotId slot)
    {
        TryMoveTo(ExecutionState.Scheduled);
        Slot = slot;
    }

    /// <summary>Stores the task's metrics. After its end it ignores them: they are older than the final ones.</summary>
    public void Update(TaskSample sample, TimeProvider time)
    {
        if (HasEnded)
        {
            return;
        }

        _samples.Add(sample);
        if (sample.SinceAcknowledgement is TimeSpan age)
        {
            AcknowledgedAt = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
        }
    }

    /// <summary>For people: <c>Window (2/4)</c>.</summary>
    public string DisplayName => $"{Vertex.Name} ({Id.Subtask + 1}/{Vertex.Parallelism})";

    public TaskInfo ToInfo() => new(Id, DisplayName, State, Slot)
    {
        Attempt = Attempt,
        JobSlot = Vertex.FirstSlot + Id.Subtask,
        Reached = Reached,

        // What a task did in its last seconds is not what it does.
        Figures = HasEnded && _samples.Figures is { } figures ? figures with { Rates = null } : _samples.Figures,
    };
}
