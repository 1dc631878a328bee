using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>What the master of a job understands.</summary>
internal abstract record JobMasterMessage
{
    /// <summary>The graph is built, or not.</summary>
    public sealed record GraphBuilt(Exception? Failure) : JobMasterMessage;

    /// <summary>The slots that it wanted, in the order of the subtasks.</summary>
    public sealed record SlotsGranted(IReadOnlyList<GrantedSlot> Slots) : JobMasterMessage;

    /// <summary>There are not enough slots.</summary>
    public sealed record SlotsDenied(QueryStreamException Reason) : JobMasterMessage;

    /// <summary>A worker says something about the job.</summary>
    public sealed record WorkerSaid(WorkerId Worker, JobReport Report) : JobMasterMessage;

    /// <summary>A worker is gone, with all the tasks that it had.</summary>
    public sealed record WorkerLost(WorkerId Worker) : JobMasterMessage;

    /// <summary>The job is to be cancelled.</summary>
    public sealed record Cancel : JobMasterMessage;

    /// <summary>The coordinator cannot go on.</summary>
    public sealed record Abort(QueryStreamException Reason) : JobMasterMessage;
}
