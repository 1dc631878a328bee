using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Master;

/// <summary>The messages of the cluster's master.</summary>
internal abstract record MasterMessage
{
    /// <summary>A worker has sent a message on the connection of that link.</summary>
    public sealed record MessageReceived(ILink<WorkerMessage> Link, CoordinatorMessage Message) : MasterMessage;

    /// <summary>The connection of that link is gone.</summary>
    public sealed record ConnectionLost(ILink<WorkerMessage> Link) : MasterMessage;

    /// <summary>Run a job. Completed with its handle when it has its slots, or with the reason why it is refused.</summary>
    public sealed record Submit(JobSubmission Submission, TaskCompletionSource<JobHandle> Accepted) : MasterMessage
    {
        /// <summary>What the registry knows of the job, which a coordinator before this one has run. Null: it is new.</summary>
        public RegisteredJob? Recovered { get; init; }

        /// <summary>Completed instead, with the job of the same name, where there is one that is not ending. Null: there may be several.</summary>
        public TaskCompletionSource<JobHandle>? Existing { get; init; }
    }

    /// <summary>Allocate slots to a job, which gives back those that it has.</summary>
    public sealed record RequestSlots(JobId Job, SlotDemand Demand) : MasterMessage;

    /// <summary>A job goes on in the slots in which its tasks run since a coordinator before this one, and in no others.</summary>
    public sealed record SlotsAdopted(JobId Job, IReadOnlyList<SlotId> Slots) : MasterMessage;

    /// <summary>Let a job hold so many slots, with those that it has, or no more than these.</summary>
    public sealed record HoldSlots(JobId Job, int Count) : MasterMessage;

    /// <summary>Let a job hold free slots of workers that have fewer of its subtasks than others.</summary>
    public sealed record SpreadSlots(JobId Job) : MasterMessage;

    /// <summary>All tasks of a job run: let the other workers load it, so that they can replace one that is lost.</summary>
    public sealed record JobRuns(JobId Job, JobPlan Plan) : MasterMessage;

    /// <summary>A job has waited long enough for its slots.</summary>
    public sealed record SlotRequestTimedOut(JobId Job, long Request) : MasterMessage;

    /// <summary>A job has waited long enough for all of its slots, and takes fewer.</summary>
    public sealed record FewerSlotsDue(JobId Job, long Request) : MasterMessage;

    /// <summary>A job does not need these of the slots that it was given.</summary>
    public sealed record ReturnSlots(JobId Job, IReadOnlyList<SlotId> Slots) : MasterMessage;

    /// <summary>The registry has forgotten a job that has ended, or could not.</summary>
    public sealed record JobForgotten(JobEnded Ended, Exception? Problem) : MasterMessage;

    /// <summary>Stop at once. Tasks run on, and jobs stay in the registry, for the next coordinator.</summary>
    public sealed record Abandon : MasterMessage;

    /// <summary>A job has ended and has published its result.</summary>
    public sealed record JobEnded(JobHandle Job, QueryStreamException? Failure) : MasterMessage;

    /// <summary>Completed when a number of workers are registered.</summary>
    public sealed record AwaitWorkers(int Count, TaskCompletionSource Reached) : MasterMessage;

    /// <summary>Cancel all jobs, and stop when the last one has ended.</summary>
    public sealed record Stop : MasterMessage;
}
