using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>The tasks of one attempt of a job, and the workers that run them. Used in turns of the job's master.</summary>
internal sealed class JobExecution
{
    private readonly List<TaskExecution> _tasks = [];
    private readonly Dictionary<TaskId, TaskExecution> _byId = [];
    private readonly List<WorkerShare> _shares = [];

    public JobExecution(JobId job, Attempt attempt, JobGraph graph)
    {
        Job = job;
        Attempt = attempt;
        Graph = graph;
        foreach (JobVertex vertex in graph.Vertices)
        {
            for (int subtask = 0; subtask < vertex.Parallelism; subtask++)
            {
                TaskExecution task = new(job, vertex, subtask);
                _tasks.Add(task);
                _byId.Add(task.Id, task);
            }
        }
    }

    public JobId Job { get; }

    public Attempt Attempt { get; }

    public JobGraph Graph { get; }

    /// <summary>All tasks, by vertex and subtask.</summary>
    public IReadOnlyList<TaskExecution> Tasks => _tasks;

    /// <summary>The workers that tasks are placed on; what is sent to one that is lost goes nowhere.</summary>
    public IReadOnlyList<WorkerShare> Shares => _shares;

    public bool HasEnded => _tasks.TrueForAll(task => task.HasEnded);

    public bool IsDeployed => _shares.TrueForAll(share => share.IsDeployed);

    /// <summary>Whether every task runs, or has run to its end.</summary>
    public bool HasStarted => _tasks.TrueForAll(task => task.State is TaskState.Running or TaskState.Finished);

    public TaskExecution? Find(TaskId task) => _byId.GetValueOrDefault(task);

    public WorkerShare? Find(WorkerId worker) => _shares.Find(share => share.Worker == worker);

    public IEnumerable<TaskExecution> TasksOn(WorkerId worker) => _tasks.Where(task => task.Slot?.Worker == worker);

    /// <summary>Puts the tasks into slots: one slot holds one subtask of every vertex.</summary>
    /// <param name="slots">One for each subtask of the vertex that has most.</param>
    public void Place(IReadOnlyList<GrantedSlot> slots)
    {
        foreach (TaskExecution task in _tasks)
        {
            GrantedSlot granted = slots[task.Id.Subtask];
            task.Place(granted.Slot);
            if (Find(granted.Slot.Worker) is null)
            {
                _shares.Add(new WorkerShare(granted.Slot.Worker, granted.Link));
            }
        }
    }

    /// <summary>Tells the workers to make the tasks.</summary>
    public void Deploy(JobPlan plan)
    {
        TaskPlacement[] placement = [.. _tasks.Select(task => new TaskPlacement(task.Vertex.Id, task.Id.Subtask, task.Slot!.Value))];
        MoveAll(TaskState.Deploying);
        TellAll(new DeployTasks(Job, Attempt, plan, placement));
    }

    /// <summary>Tells the workers to run the tasks, once all are deployed.</summary>
    public void Run()
    {
        MoveAll(TaskState.Initializing);
        TellAll(new RunTasks(Job, Attempt));
    }

    /// <summary>Tells the workers to end the tasks; those that no worker knows yet end here.</summary>
    public void Cancel()
    {
        foreach (TaskExecution task in _tasks)
        {
            task.TryMoveTo(task.State is TaskState.Created or TaskState.Scheduled ? TaskState.Canceled : TaskState.Canceling);
        }

        TellAll(new CancelTasks(Job, Attempt));
    }

    /// <summary>Tells the workers that the job is over.</summary>
    public void Release() => TellAll(new ReleaseJob(Job));

    /// <summary>A worker has none of its tasks, or no more.</summary>
    public void EndAllOn(WorkerId worker, TaskState end)
    {
        foreach (TaskExecution task in TasksOn(worker))
        {
            task.TryMoveTo(end);
        }
    }

    private void MoveAll(TaskState state) => _tasks.ForEach(task => task.TryMoveTo(state));

    private void TellAll(WorkerMessage message) => _shares.ForEach(share => share.Link.Send(message));
}
