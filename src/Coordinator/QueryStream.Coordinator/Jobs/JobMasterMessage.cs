using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>The messages of a job's master.</summary>
internal abstract record JobMasterMessage
{
    /// <summary>The graph is built, or building it failed.</summary>
    public sealed record GraphBuilt(Exception? Failure) : JobMasterMessage;

    /// <summary>The storage of checkpoints is ready and what the job starts from is found, or that failed.</summary>
    public sealed record Prepared(IoResult<PreparedJob> Result) : JobMasterMessage;

    /// <summary>The storage of a job that is resumed may answer now.</summary>
    public sealed record PrepareDue : JobMasterMessage;

    /// <summary>The delay before the restart of that number is over.</summary>
    public sealed record RestartDue(int Restart) : JobMasterMessage;

    /// <summary>Take a savepoint. Completed with its path, or with the reason why it failed.</summary>
    public sealed record Savepoint(string? Directory, StopMode? Stop, TaskCompletionSource<string> Path) : JobMasterMessage;

    /// <summary>The requested slots, in the order of the subtasks.</summary>
    public sealed record SlotsAllocated(IReadOnlyList<AllocatedSlot> Slots) : JobMasterMessage;

    /// <summary>Too few slots are free, and the job waits for them.</summary>
    public sealed record SlotsAwaited(QueryStreamException Reason) : JobMasterMessage;

    /// <summary>Too few slots are free, and the job has waited long enough.</summary>
    public sealed record SlotsUnavailable(QueryStreamException Reason) : JobMasterMessage;

    /// <summary>So many slots are free for jobs that run at a lower parallelism than they want. Sent where the scheduler is adaptive.</summary>
    public sealed record SlotsFree(int Count) : JobMasterMessage;

    /// <summary>More slots have been free for as long as they must be before the job is scaled up.</summary>
    public sealed record ScaleUpDue : JobMasterMessage;

    /// <summary>A worker that has registered holds tasks of the job from a coordinator before this one.</summary>
    public sealed record TasksHeld(HeldByWorker Held) : JobMasterMessage;

    /// <summary>The job has waited long enough for workers that hold its tasks.</summary>
    public sealed record AdoptionDue : JobMasterMessage;

    /// <summary>Run at another parallelism. Completed when that is certain, or with the reason why it is refused.</summary>
    public sealed record Rescale(int Parallelism, TaskCompletionSource<RescaleResult> Answer) : JobMasterMessage;

    /// <summary>The job holds these slots besides those that it has, or too few are free for that.</summary>
    public sealed record SlotsHeld(IReadOnlyList<AllocatedSlot> Slots, NotEnoughSlotsException? TooFew) : JobMasterMessage;

    /// <summary>The registry knows the other parallelism, or could not be told.</summary>
    public sealed record RescaleRegistered(Exception? Problem) : JobMasterMessage;

    /// <summary>A worker reports about the job.</summary>
    public sealed record ReportReceived(WorkerId Worker, JobReport Report) : JobMasterMessage;

    /// <summary>A worker is lost with all its tasks.</summary>
    public sealed record WorkerLost(WorkerId Worker) : JobMasterMessage;

    /// <summary>A worker is about to leave: its tasks must move.</summary>
    public sealed record WorkerLeaves(WorkerId Worker) : JobMasterMessage;

    /// <summary>A worker has joined: subtasks may spread to it.</summary>
    public sealed record WorkerJoined : JobMasterMessage;

    /// <summary>Workers have had time to join.</summary>
    public sealed record SpreadDue : JobMasterMessage;

    /// <summary>Subtasks can move to these slots, which the job holds, so that they are spread evenly. None: they are.</summary>
    public sealed record SlotsSpread(IReadOnlyList<SpreadSlot> Slots) : JobMasterMessage;

    /// <summary>Cancel the job.</summary>
    public sealed record Cancel : JobMasterMessage;

    /// <summary>Fail the job at once: the coordinator cannot go on.</summary>
    public sealed record Abort(QueryStreamException Reason) : JobMasterMessage;

    /// <summary>Stop at once, and tell nobody: another coordinator goes on with the job.</summary>
    public sealed record Abandon : JobMasterMessage;
}
