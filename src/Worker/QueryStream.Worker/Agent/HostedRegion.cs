using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>
/// One attempt of a region of a job on this worker. It is kept after its tasks have ended, until the job is released or the region's next attempt
/// comes, which reuses its graph.
/// </summary>
/// <param name="deployment">What the coordinator has asked for.</param>
/// <param name="worker">This worker.</param>
internal sealed class HostedRegion(DeployTasks deployment, WorkerId worker)
{
    private readonly List<DeployedTask> _tasks = [];

    public DeployTasks Deployment { get; } = deployment;

    /// <summary>The tasks that are placed on this worker.</summary>
    public IReadOnlyList<TaskPlacement> Placements { get; } = [.. deployment.Placement.Where(task => task.Slot.Worker == worker)];

    public JobGraph? Graph { get; set; }

    /// <summary>What the tasks restore; null before its manifest is read, and if they restore nothing.</summary>
    public RestoredCheckpoint? Restored { get; set; }

    /// <summary>Whether the graph and the restored checkpoint are ready.</summary>
    public bool IsReady => Graph is not null && (Restored is not null || Deployment.Restore is null);

    public HostedRegionState State { get; private set; } = HostedRegionState.Building;

    /// <summary>Why the worker refuses the deployment; null if it does not. Reported when all tasks that were started have ended.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Whether it is removed when all tasks have ended.</summary>
    public bool IsReleased { get; set; }

    public IReadOnlyList<DeployedTask> Tasks => _tasks;

    /// <summary>The last checkpoint that was triggered; 0: none.</summary>
    public CheckpointId LastCheckpoint { get; set; }

    /// <summary>Whether one of them was to drain the job.</summary>
    public bool IsDrained { get; set; }

    /// <summary>What a coordinator is told at which the worker registers.</summary>
    public HeldTasks ToHeld() => new(Deployment.Job, Deployment.Attempt, Deployment.Plan.Parallelism, Deployment.Plan.Fingerprint)
    {
        LastCheckpoint = LastCheckpoint,
        IsDrained = IsDrained,
        Tasks =
        [
            .. Placements.Select(placement =>
            {
                DeployedTask? task = Find(new TaskId(Deployment.Job, placement.Vertex, placement.Subtask));
                return new HeldTask(placement, StateOf(task), task?.Final);
            }),
        ],
    };

    private ExecutionState StateOf(DeployedTask? task) => State switch
    {
        _ when task is { HasEnded: true } => task.State,
        HostedRegionState.Building or HostedRegionState.Deployed => ExecutionState.Deploying,
        HostedRegionState.Running => task!.State,
        HostedRegionState.Canceling => ExecutionState.Canceling,
        _ => ExecutionState.Failed,
    };

    /// <summary>Where tasks store their final snapshots, and their part of each checkpoint; null: none are taken.</summary>
    public static CheckpointTarget? TargetOf(CheckpointPlan? checkpoints) =>
        checkpoints is null ? null : new CheckpointTarget(checkpoints.Storage, checkpoints.Epoch);

    public bool IsOf(JobId job, Attempt attempt) => Deployment.Job == job && Deployment.Attempt == attempt;

    /// <summary>Whether a deployment is of the same region, so that the newer one of both replaces the other.</summary>
    public bool IsSameRegion(DeployTasks other) => Deployment.Job == other.Job
        && Deployment.Placement.Any(task => other.Placement.Any(candidate => candidate.Vertex == task.Vertex));

    /// <summary>Whether the graph of that plan is not built yet.</summary>
    public bool IsWaitingForGraphOf(JobId job, JobPlan plan) =>
        Deployment.Job == job && Deployment.Plan.Fingerprint == plan.Fingerprint && Graph is null;

    /// <summary>Whether the graph that a deployment needs is being built for this one.</summary>
    public bool IsBuildingGraphOf(DeployTasks other) =>
        IsWaitingForGraphOf(other.Job, other.Plan) && (State is HostedRegionState.Building or HostedRegionState.Canceling);

    public DeployedTask? Find(TaskId task) => _tasks.Find(candidate => candidate.Id == task);

    /// <summary>Changes the state.</summary>
    /// <returns>False, without a change, if the move is not legal.</returns>
    public bool TryMoveTo(HostedRegionState next)
    {
        bool legal = State switch
        {
            HostedRegionState.Building => next is HostedRegionState.Deployed or HostedRegionState.Canceling or HostedRegionState.Ended,
            HostedRegionState.Deployed => next is HostedRegionState.Running or HostedRegionState.Canceling or HostedRegionState.Ended,
            HostedRegionState.Running => next is HostedRegionState.Canceling or HostedRegionState.Ended,
            HostedRegionState.Canceling => next is HostedRegionState.Ended,
            _ => false,
        };
        State = legal ? next : State;
        return legal;
    }

    /// <summary>Starts the tasks; each waits for <see cref="TaskMessage.Run"/>. Called when the region is ready.</summary>
    /// <param name="start">Starts one task.</param>
    /// <exception cref="DeploymentRefusedException">The graph is not the coordinator's.</exception>
    public void Start(Func<TaskDeployment, TaskHandle> start)
    {
        JobGraph graph = Graph!;
        if (graph.Fingerprint != Deployment.Plan.Fingerprint)
        {
            throw new DeploymentRefusedException(
                $"Worker {worker} has built another graph of job '{graph.Name}' than the coordinator: fingerprint {graph.Fingerprint} instead of "
                + $"{Deployment.Plan.Fingerprint}. Both must have the same version of {Deployment.Plan.Reference}, and its Define "
                + "must depend on nothing but its settings.");
        }

        CheckpointPlan? checkpoints = Deployment.Checkpoints;
        foreach (TaskPlacement placement in Placements)
        {
            JobVertex vertex = graph.Vertices.First(candidate => candidate.Id == placement.Vertex);
            TaskDeployment task = new(Deployment.Job, Deployment.Attempt, graph, vertex, placement.Subtask)
            {
                Restore = Restored,
                Checkpoints = TargetOf(checkpoints),
                HasCheckpoints = checkpoints is not null,
                AlignsBarriers = checkpoints?.Mode != CheckpointMode.AtLeastOnce,
            };
            _tasks.Add(new DeployedTask(task, start(task)));
        }
    }

    /// <summary>Sends a message to all tasks that have not ended.</summary>
    public void TellAll(in TaskMessage message)
    {
        foreach (DeployedTask task in _tasks)
        {
            if (!task.HasEnded)
            {
                task.Tell(message);
            }
        }
    }
}

/// <summary>The states of a <see cref="HostedRegion"/>.</summary>
internal enum HostedRegionState
{
    /// <summary>Its graph is being built.</summary>
    Building,

    /// <summary>Its tasks wait for the tasks of other workers.</summary>
    Deployed,

    /// <summary>Its tasks run.</summary>
    Running,

    /// <summary>Its tasks have been told to cancel.</summary>
    Canceling,

    /// <summary>All its tasks have ended.</summary>
    Ended,
}
