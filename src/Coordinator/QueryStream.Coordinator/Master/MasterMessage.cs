using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Master;

/// <summary>What the master of the cluster understands.</summary>
internal abstract record MasterMessage
{
    /// <summary>A worker says something on the connection of that link.</summary>
    public sealed record WorkerSaid(ILink<WorkerMessage> Link, CoordinatorMessage Message) : MasterMessage;

    /// <summary>The connection of that link is gone.</summary>
    public sealed record ConnectionLost(ILink<WorkerMessage> Link) : MasterMessage;

    /// <summary>A job is to be run; whoever asks gets its handle when it has its slots, or why it is refused.</summary>
    public sealed record Submit(JobSubmission Submission, TaskCompletionSource<JobHandle> Accepted) : MasterMessage;

    /// <summary>A job needs slots.</summary>
    public sealed record SlotsWanted(JobId Job, int Count) : MasterMessage;

    /// <summary>A job has ended, and has published how.</summary>
    public sealed record JobEnded(JobHandle Job, QueryStreamException? Failure) : MasterMessage;

    /// <summary>Somebody wants to know when so many workers are registered.</summary>
    public sealed record AwaitWorkers(int Count, TaskCompletionSource Reached) : MasterMessage;

    /// <summary>Cancel all jobs, and stop when the last one has ended.</summary>
    public sealed record Stop : MasterMessage;
}
