using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>One task of one attempt, as its job's master knows it.</summary>
/// <param name="job">The job.</param>
/// <param name="vertex">Its vertex.</param>
/// <param name="subtask">Which subtask.</param>
internal sealed class TaskExecution(JobId job, JobVertex vertex, int subtask)
{
    public TaskId Id { get; } = new(job, vertex.Id, subtask);

    public JobVertex Vertex { get; } = vertex;

    public TaskState State { get; private set; } = TaskState.Created;

    public SlotId? Slot { get; private set; }

    /// <summary>What it has last reported; null before the first report.</summary>
    public TaskSample? Sample { get; private set; }

    /// <summary>When the last acknowledgement came, by the coordinator's clock; null before the first.</summary>
    public long? AcknowledgedAt { get; private set; }

    public bool HasEnded => TaskLifeCycle.IsTerminal(State);

    /// <summary>Changes the state.</summary>
    /// <returns>False, and nothing has changed, if that is not legal: a report that came too late.</returns>
    public bool TryMoveTo(TaskState next)
    {
        bool legal = TaskLifeCycle.IsLegal(State, next);
        State = legal ? next : State;
        return legal;
    }

    public void Place(SlotId slot)
    {
        TryMoveTo(TaskState.Scheduled);
        Slot = slot;
    }

    /// <summary>Takes what the task has counted; what comes after its end is older than its last sample, and changes nothing.</summary>
    public void Count(TaskSample sample, TimeProvider time)
    {
        if (HasEnded)
        {
            return;
        }

        Sample = sample;
        if (sample.SinceAcknowledgement is TimeSpan age)
        {
            AcknowledgedAt = time.GetTimestamp() - (long)(age.TotalSeconds * time.TimestampFrequency);
        }
    }

    public TaskSnapshot Snapshot() => new(Id, $"{Vertex.Name} ({Id.Subtask + 1}/{Vertex.Parallelism})", State, Slot);
}
