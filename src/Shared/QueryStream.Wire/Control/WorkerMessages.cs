using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>A message from the coordinator to a worker.</summary>
public abstract record WorkerMessage;

/// <summary>The coordinator has registered the worker and may use its slots. The first message of the coordinator on a connection.</summary>
/// <param name="Epoch">The coordinator's epoch as leader. A worker refuses one that is older than any it has been registered under.</param>
public sealed record WorkerRegistered(Epoch Epoch) : WorkerMessage;

/// <summary>
/// Deploy the tasks that are placed on this worker: those of one region of the job. Each waits for <see cref="RunTasks"/>, since a running task may
/// send to any other task of its attempt. The worker answers with <see cref="TasksDeployed"/> or <see cref="DeploymentRefused"/>.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt. The worker cancels the same region's tasks of earlier attempts; those of other regions go on.</param>
/// <param name="Plan">The plan from which the worker builds the graph.</param>
/// <param name="Placement">The slot of every task of the attempt, on all workers.</param>
public sealed record DeployTasks(JobId Job, Attempt Attempt, JobPlan Plan, IReadOnlyList<TaskPlacement> Placement) : WorkerMessage
{
    /// <summary>The addresses of the workers on which tasks are placed; those that only tasks of their own process reach have none.</summary>
    public IReadOnlyList<WorkerLocation> Workers { get; init; } = [];

    /// <summary>How checkpoints are taken; null: none are.</summary>
    public CheckpointPlan? Checkpoints { get; init; }

    /// <summary>What the tasks restore; null: they start without state.</summary>
    public RestorePlan? Restore { get; init; }

    /// <summary>
    /// Where tasks move: the attempt of their region, whose other tasks go on. Only those are deployed whose placement names no attempt of its own.
    /// Null: the tasks of the whole region are deployed.
    /// </summary>
    public Attempt? Region { get; init; }

    /// <summary>Where tasks move to this worker: what each of them has stored for the restored checkpoint.</summary>
    public IReadOnlyList<TaskSnapshot> Moved { get; init; } = [];
}

/// <summary>
/// Load the job and build its graph, so that its tasks can be deployed here at once when another worker is lost. Kept until <see cref="ReleaseJob"/>,
/// or until the worker registers at another coordinator. Not answered: what fails here is logged, and would be the answer to a deployment.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Plan">Its plan, which replaces the one before.</param>
public sealed record PrepareJob(JobId Job, JobPlan Plan) : WorkerMessage;

/// <summary>The inputs from which every worker builds the same graph as the coordinator.</summary>
/// <param name="Reference">Names the job.</param>
/// <param name="Settings">Its settings as captured at submission.</param>
/// <param name="Parallelism">Its parallelism.</param>
/// <param name="Fingerprint">The fingerprint of the coordinator's graph. A worker refuses the deployment if its own graph has another one.</param>
public sealed record JobPlan(JobReference Reference, IReadOnlyDictionary<string, string> Settings, int Parallelism, string Fingerprint);

/// <summary>Where a task runs.</summary>
/// <param name="Vertex">Its vertex.</param>
/// <param name="Subtask">Its subtask index.</param>
/// <param name="Slot">Its slot, which it shares with subtasks of the job's other vertices.</param>
/// <param name="Attempt">Its attempt, where that is another one than that of the message, since it, or the others, have moved; else null.</param>
public readonly record struct TaskPlacement(VertexId Vertex, int Subtask, SlotId Slot, Attempt? Attempt = null);

/// <summary>Where a worker is reached by others.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Address">The address of its data plane.</param>
public sealed record WorkerLocation(WorkerId Worker, WorkerAddress Address);

/// <summary>All tasks of the attempt are deployed on all workers: connect them, open their sources and sinks, run them.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record RunTasks(JobId Job, Attempt Attempt) : WorkerMessage;

/// <summary>
/// The coordinator, new to the worker, takes over the tasks of an attempt that the worker holds: they go on. Of their checkpoints nothing is under
/// way any more: those that are not complete are aborted, as <see cref="CheckpointCompleted"/> and <see cref="CheckpointAborted"/> then say.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Checkpoints">How checkpoints are taken from now on; null: none are.</param>
public sealed record AdoptTasks(JobId Job, Attempt Attempt, CheckpointPlan? Checkpoints) : WorkerMessage;

/// <summary>Cancel the tasks of the attempt without firing their windows. Each task, deployed or not, reports its end.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record CancelTasks(JobId Job, Attempt Attempt) : WorkerMessage;

/// <summary>The next attempt of the same tasks runs on other workers: drop what is kept of this one.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record ReleaseTasks(JobId Job, Attempt Attempt) : WorkerMessage;

/// <summary>The job has ended: drop what is kept for its next attempt.</summary>
/// <param name="Job">The job.</param>
public sealed record ReleaseJob(JobId Job) : WorkerMessage;
