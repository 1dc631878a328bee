using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>A worker that runs tasks of a job.</summary>
/// <param name="id">Its name.</param>
/// <param name="link">The connection to it.</param>
internal sealed class AssignedWorker(WorkerId id, ILink<WorkerMessage> link)
{
    public WorkerId Id { get; } = id;

    public ILink<WorkerMessage> Link { get; } = link;

    /// <summary>Whether it has deployed all of the job's tasks that are placed on it.</summary>
    public bool IsDeployed { get; set; }
}
