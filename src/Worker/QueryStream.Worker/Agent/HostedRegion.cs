using System.Collections.Frozen;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>
/// One attempt of a region of a job on this worker, or the tasks of a region that have moved here together. It is kept after its tasks have ended,
/// until the job is released or the region's next attempt comes, which reuses its graph.
/// </summary>
/// <param name="deployment">What the coordinator has asked for.</param>
/// <param name="worker">This worker.</param>
internal sealed class HostedRegion(DeployTasks deployment, WorkerId worker)
{
    private readonly List<DeployedTask> _tasks = [];
    private readonly List<DeployedTask> _departed = [];
    private readonly FrozenDictionary<TaskId, Attempt> _peerAttempts = deployment.Placement.Where(task => task.Attempt is not null)
        .ToFrozenDictionary(task => new TaskId(deployment.Job, task.Vertex, task.Subtask), task => task.Attempt!.Value);

    private readonly List<TaskPlacement> _placements =
        [.. deployment.Placement.Where(task => task.Slot.Worker == worker && task.Attempt is null)];

    public DeployTasks Deployment { get; } = deployment;

    /// <summary>The tasks that are placed on this worker.</summary>
    public IReadOnlyList<TaskPlacement> Placements => _placements;

    /// <summary>Where the tasks of the region are; null before its own are started.</summary>
    public TaskLocations? Locations { get; set; }

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

    /// <summary>The checkpoint with which tasks of the region move; null: none do.</summary>
    public CheckpointId? Move { get; set; }

    /// <summary>The tasks that have moved to other workers, until the move is over.</summary>
    public IReadOnlyList<DeployedTask> Departed => _departed;

    /// <summary>Whether the tasks that move to other workers have ended here.</summary>
    public bool HasDeparted => _departed.TrueForAll(task => task.HasEnded);

    /// <summary>The last checkpoint that was triggered; 0: none.</summary>
    public CheckpointId LastCheckpoint { get; set; }

    /// <summary>Whether one of them was to drain the job.</summary>
    public bool IsDrained { get; set; }

    /// <summary>What a coordinator is told at which the worker registers.</summary>
    public HeldTasks ToHeld() => new(Deployment.Job, Deployment.Attempt, Deployment.Plan.Parallelism, Deployment.Plan.Fingerprint)
    {
        LastCheckpoint = LastCheckpoint,
        IsDrained = IsDrained,
        Region = Deployment.Region,
        IsMoving = Move is not null,
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

    /// <summary>Whether a deployment is of the same region.</summary>
    public bool IsSameRegion(DeployTasks other) => Deployment.Job == other.Job
        && Deployment.Placement.Any(task => other.Placement.Any(candidate => candidate.Vertex == task.Vertex));

    /// <summary>Whether a deployment takes the place of this one. Where tasks move, the others of their region stay.</summary>
    public bool IsReplacedBy(DeployTasks other) =>
        IsSameRegion(other) && (other.Region is null || other.Region != (Deployment.Region ?? Deployment.Attempt));

    /// <summary>Whether the graph of that plan is not built yet.</summary>
    public bool IsWaitingForGraphOf(JobId job, JobPlan plan) =>
        Deployment.Job == job && Deployment.Plan.Fingerprint == plan.Fingerprint && Graph is null;

    /// <summary>Whether the graph that a deployment needs is being built for this one.</summary>
    public bool IsBuildingGraphOf(DeployTasks other) =>
        IsWaitingForGraphOf(other.Job, other.Plan) && (State is HostedRegionState.Building or HostedRegionState.Canceling);

    public DeployedTask? Find(TaskId task) =>
        _tasks.Find(candidate => candidate.Id == task) ?? _departed.Find(candidate => candidate.Id == task);

    /// <summary>Tasks move to other workers.</summary>
    public void Depart(Predicate<TaskId> isMoving)
    {
        _departed.AddRange(_tasks.Where(task => isMoving(task.Id)));
        _tasks.RemoveAll(task => isMoving(task.Id));
        _placements.RemoveAll(placement => isMoving(new TaskId(Deployment.Job, placement.Vertex, placement.Subtask)));
    }

    /// <summary>The move is over.</summary>
    public void ForgetDeparted() => _departed.Clear();

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
                Restore = RestoredBy(vertex, placement.Subtask, graph),
                Region = Deployment.Region,
                PeerAttempts = _peerAttempts,
                Checkpoints = TargetOf(checkpoints),
                HasCheckpoints = checkpoints is not null,
                AlignsBarriers = checkpoints?.Mode != CheckpointMode.AtLeastOnce,
            };
            _tasks.Add(new DeployedTask(task, start(task)));
        }
    }

    // A task that has moved restores what it had itself, since the others of its vertex go on.
    private RestoredCheckpoint? RestoredBy(JobVertex vertex, int subtask, JobGraph graph)
    {
        if (Deployment.Region is null)
        {
            return Restored;
        }

        TaskSnapshot own = Deployment.Moved.First(part => part.Task.Vertex == vertex.Id && part.Task.Subtask == subtask);
        return Restored! with { State = MovedState.Of(Restored!.State, own, graph, vertex) };
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
