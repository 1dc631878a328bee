using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>The tasks of one attempt of a region of a job and the workers that run them. Used only in turns of the job's master.</summary>
internal sealed class RegionExecution
{
    private readonly List<TaskExecution> _tasks = [];
    private readonly Dictionary<TaskId, TaskExecution> _byId = [];
    private readonly List<AssignedWorker> _workers = [];

    public RegionExecution(JobId job, Attempt attempt, IReadOnlyList<JobVertex> vertices, TimeProvider time)
    {
        Job = job;
        Attempt = attempt;
        foreach (JobVertex vertex in vertices)
        {
            for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
            {
                TaskExecution task = new(job, attempt, vertex, subtask, time);
                _tasks.Add(task);
                _byId.Add(task.Id, task);
            }
        }
    }

    public JobId Job { get; }

    /// <summary>Its number. Each attempt of a region has one of its own, and they rise over all attempts of the job.</summary>
    public Attempt Attempt { get; }

    /// <summary>All tasks, by vertex and subtask.</summary>
    public IReadOnlyList<TaskExecution> Tasks => _tasks;

    /// <summary>The workers on which tasks are placed. Messages to a lost worker are dropped.</summary>
    public IReadOnlyList<AssignedWorker> Workers => _workers;

    public bool HasEnded => _tasks.TrueForAll(task => task.HasEnded);

    public bool IsDeployed => _workers.TrueForAll(worker => worker.IsDeployed);

    /// <summary>Whether every task runs or has finished.</summary>
    public bool HasStarted => _tasks.TrueForAll(task => task.State is ExecutionState.Running or ExecutionState.Finished);

    public TaskExecution? Find(TaskId task) => _byId.GetValueOrDefault(task);

    public AssignedWorker? Find(WorkerId id) => _workers.Find(worker => worker.Id == id);

    public IEnumerable<TaskExecution> TasksOn(WorkerId worker) => _tasks.Where(task => task.Slot?.Worker == worker);

    /// <summary>Places the tasks in slots: one slot holds one subtask of every vertex of a slot sharing group.</summary>
    /// <param name="slots">Those of the job, <see cref="JobGraph.Slots"/>.</param>
    public void Place(IReadOnlyList<AllocatedSlot> slots)
    {
        foreach (TaskExecution task in _tasks)
        {
            AllocatedSlot allocated = slots[task.Vertex.FirstSlot + task.Id.Subtask];
            task.Place(allocated.Slot);
            if (Find(allocated.Slot.Worker) is null)
            {
                _workers.Add(new AssignedWorker(allocated));
            }
        }
    }

    /// <summary>Tells the workers to deploy the tasks.</summary>
    /// <param name="plan">The plan of the job.</param>
    /// <param name="checkpoints">How checkpoints are taken; null: none are.</param>
    /// <param name="restore">What the tasks restore; null: they start without state.</param>
    public void Deploy(JobPlan plan, CheckpointPlan? checkpoints, RestorePlan? restore)
    {
        TaskPlacement[] placement = [.. _tasks.Select(task => new TaskPlacement(task.Vertex.Id, task.Id.Subtask, task.Slot!.Value))];
        MoveAll(ExecutionState.Deploying);
        TellAll(new DeployTasks(Job, Attempt, plan, placement)
        {
            Workers = [.. _workers.Where(worker => worker.Address is not null).Select(worker => new WorkerLocation(worker.Id, worker.Address!))],
            Checkpoints = checkpoints,
            Restore = restore,
        });
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
        TellAll(new RunTasks(Job, Attempt));
    }

    /// <summary>Tells the workers to cancel the tasks. Tasks that no worker knows yet are cancelled here.</summary>
    public void Cancel()
    {
        foreach (TaskExecution task in _tasks)
        {
            task.TryMoveTo(task.State is ExecutionState.Created or ExecutionState.Scheduled ? ExecutionState.Canceled : ExecutionState.Canceling);
        }

        TellAll(new CancelTasks(Job, Attempt));
    }

    /// <summary>Sends a message to all workers of the attempt.</summary>
    public void TellAll(WorkerMessage message) => _workers.ForEach(worker => worker.Link.Send(message));

    /// <summary>Ends all tasks on a worker: it refused them or is lost.</summary>
    public void EndAllOn(WorkerId worker, ExecutionState end)
    {
        foreach (TaskExecution task in TasksOn(worker))
        {
            task.TryMoveTo(end);
        }
    }

    private void MoveAll(ExecutionState state) => _tasks.ForEach(task => task.TryMoveTo(state));
}
