using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Worker;

/// <summary>Where the tasks of a region are. Immutable; safe on any thread.</summary>
public sealed class TaskLocations
{
    private readonly Dictionary<(VertexId Vertex, int Subtask), WorkerId> _placement;
    private readonly Dictionary<WorkerId, WorkerLocation> _workers;

    /// <summary>Takes the locations from a deployment.</summary>
    public TaskLocations(DeployTasks deployment)
        : this([], [], deployment.Placement, deployment.Workers)
    {
    }

    private TaskLocations(
        Dictionary<(VertexId Vertex, int Subtask), WorkerId> placement,
        Dictionary<WorkerId, WorkerLocation> workers,
        IEnumerable<TaskPlacement> placed,
        IEnumerable<WorkerLocation> located)
    {
        _placement = placement;
        _workers = workers;
        foreach (TaskPlacement task in placed)
        {
            _placement[(task.Vertex, task.Subtask)] = task.Slot.Worker;
        }

        foreach (WorkerLocation worker in located)
        {
            _workers[worker.Worker] = worker;
        }
    }

    /// <summary>The locations after a move.</summary>
    public TaskLocations After(MoveTasks move) => new(new(_placement), new(_workers), move.Placement, move.Workers);

    /// <summary>The worker of a task and its address; null if the task is not placed, or only tasks of its own process reach its worker.</summary>
    public WorkerLocation? Find(TaskId task) =>
        _placement.TryGetValue((task.Vertex, task.Subtask), out WorkerId worker) ? _workers.GetValueOrDefault(worker) : null;
}
