using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>The tasks of one attempt of a region of a job and the workers that run them. Used only in turns of the job's master.</summary>
internal sealed partial class RegionExecution
{
    private readonly List<TaskExecution> _tasks = [];

    // Also of the tasks that move away, until they have ended.
    private readonly Dictionary<(TaskId Task, Attempt Attempt), TaskExecution> _byId = [];
    private readonly List<AssignedWorker> _workers = [];

    public RegionExecution(JobId job, Attempt attempt, IReadOnlyList<JobVertex> vertices, TimeProvider time, Func<TaskId, Attempt>? attemptOf = null)
    {
        Job = job;
        Attempt = attempt;
        foreach (JobVertex vertex in vertices)
        {
            for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
            {
                Attempt own = attemptOf?.Invoke(new TaskId(job, vertex.Id, subtask)) ?? attempt;
                TaskExecution task = new(job, own, vertex, subtask, time) { Region = attempt };
                _tasks.Add(task);
                _byId.Add((task.Id, own), task);
            }
        }
    }

    public JobId Job { get; }

    /// <summary>
    /// Its number. Each attempt of a region has one of its own, and they rise over all attempts of the job. Tasks that have moved since have later
    /// ones.
    /// </summary>
    public Attempt Attempt { get; }

    /// <summary>All tasks, by vertex and subtask.</summary>
    public IReadOnlyList<TaskExecution> Tasks => _tasks;

    /// <summary>The workers on which tasks are placed. Messages to a lost worker are dropped.</summary>
    public IReadOnlyList<AssignedWorker> Workers => _workers;

    public bool HasEnded => _tasks.TrueForAll(task => task.HasEnded) && _departing.TrueForAll(task => task.HasEnded);

    public bool IsDeployed => _workers.TrueForAll(worker => worker.IsDeployed);

    /// <summary>Whether every task runs or has finished.</summary>
    public bool HasStarted => _tasks.TrueForAll(task => task.State is ExecutionState.Running or ExecutionState.Finished);

    public TaskExecution? Find(TaskId task, Attempt attempt) => _byId.GetValueOrDefault((task, attempt));

    public AssignedWorker? Find(WorkerId id) => _workers.Find(worker => worker.Id == id);

    /// <summary>Whether an attempt is that of the region, or one in which tasks of it have moved.</summary>
    public bool Has(Attempt attempt) => attempt == Attempt || _tasks.Concat(_departing).Any(task => task.Attempt == attempt);

    public IEnumerable<TaskExecution> TasksOn(WorkerId worker) => _tasks.Concat(_departing).Where(task => task.Slot?.Worker == worker);

    /// <summary>Places the tasks in slots: one slot holds one subtask of every vertex of a slot sharing group.</summary>
    /// <param name="slots">Those of the job, <see cref="JobGraph.Slots"/>.</param>
    public void Place(IReadOnlyList<AllocatedSlot> slots)
    {
        foreach (TaskExecution task in _tasks)
        {
            Place(task, slots[task.Vertex.FirstSlot + task.Id.Subtask]);
        }
    }

    /// <summary>Tells the workers to deploy the tasks.</summary>
    /// <param name="plan">The plan of the job.</param>
    /// <param name="checkpoints">How checkpoints are taken; null: none are.</param>
    /// <param name="restore">What the tasks restore; null: they start without state.</param>
    public void Deploy(JobPlan plan, CheckpointPlan? checkpoints, RestorePlan? restore)
    {
        MoveAll(ExecutionState.Deploying);
        DeployTasks deployment = new(Job, Attempt, plan, PlacementFor(Attempt))
        {
            Workers = Locations,
            Checkpoints = checkpoints,
            Restore = restore,
        };
        _workers.ForEach(worker => worker.Link.Send(deployment));
    }

    /// <summary>Takes over tasks that run since a coordinator before this one.</summary>
    /// <param name="slots">The job's, in which they run.</param>
    /// <param name="stateOf">Running or Finished.</param>
    public void Adopt(IReadOnlyList<AllocatedSlot> slots, Func<TaskExecution, ExecutionState> stateOf)
    {
        Place(slots);
        MoveAll(ExecutionState.Deploying);
        MoveAll(ExecutionState.Initializing);
        _workers.ForEach(worker => worker.IsDeployed = true);
        foreach (TaskExecution task in _tasks)
        {
            task.TryMoveTo(stateOf(task));
        }
    }

    /// <summary>Tells the workers to run the tasks. Called when all are deployed.</summary>
    public void Run()
    {
        MoveAll(ExecutionState.Initializing);
        TellAll(attempt => new RunTasks(Job, attempt));
    }

    /// <summary>Tells the workers to cancel the tasks. Tasks that no worker knows yet are cancelled here.</summary>
    public void Cancel()
    {
        foreach (TaskExecution task in _tasks)
        {
            task.TryMoveTo(task.State is ExecutionState.Created or ExecutionState.Scheduled ? ExecutionState.Canceled : ExecutionState.Canceling);
        }

        TellAll(attempt => new CancelTasks(Job, attempt));
    }

    /// <summary>Sends a message to all workers, for each attempt of which they have tasks.</summary>
    public void TellAll(Func<Attempt, WorkerMessage> message) => TellEach((_, attempt) => message(attempt));

    /// <summary>Ends all tasks of an attempt on a worker, or all: it refused them or is lost.</summary>
    public void EndAllOn(WorkerId worker, ExecutionState end, Attempt? attempt = null)
    {
        foreach (TaskExecution task in TasksOn(worker))
        {
            if (attempt is null || task.Attempt == attempt)
            {
                task.TryMoveTo(end);
            }
        }
    }

    // Where tasks are, for a message of an attempt.
    private TaskPlacement[] PlacementFor(Attempt attempt) =>
    [
        .. _tasks.Select(task => new TaskPlacement(
            task.Vertex.Id, task.Id.Subtask, task.Slot!.Value, task.Attempt == attempt ? null : task.Attempt)),
    ];

    private WorkerLocation[] Locations =>
        [.. _workers.Where(worker => worker.Address is not null).Select(worker => new WorkerLocation(worker.Id, worker.Address!))];

    private void Place(TaskExecution task, AllocatedSlot allocated)
    {
        task.Place(allocated.Slot);
        if (Find(allocated.Slot.Worker) is null)
        {
            _workers.Add(new AssignedWorker(allocated));
        }
    }

    private void TellEach(Func<AssignedWorker, Attempt, WorkerMessage> message)
    {
        foreach (AssignedWorker worker in _workers.ToArray())
        {
            foreach (Attempt attempt in TasksOn(worker.Id).Select(task => task.Attempt).Distinct().ToArray())
            {
                worker.Link.Send(message(worker, attempt));
            }
        }
    }

    private void MoveAll(ExecutionState state) => _tasks.ForEach(task => task.TryMoveTo(state));
}
