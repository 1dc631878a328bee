using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>A worker that runs tasks of a job.</summary>
/// <param name="worker">The worker.</param>
/// <param name="link">The connection to it.</param>
internal sealed class WorkerShare(WorkerId worker, ILink<WorkerMessage> link)
{
    public WorkerId Worker { get; } = worker;

    public ILink<WorkerMessage> Link { get; } = link;

    /// <summary>Whether all of the job's tasks on it are deployed.</summary>
    public bool IsDeployed { get; set; }
}
