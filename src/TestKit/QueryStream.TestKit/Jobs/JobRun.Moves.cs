using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;

namespace QueryStream.TestKit.Jobs;

/// <summary>Moves tasks while the others go on, as workers do.</summary>
internal sealed partial class JobRun
{
    // The attempt in which all tasks were started together.
    private readonly Attempt _region;

    // The metrics of tasks that have moved, as they were.
    private readonly List<(TaskId Task, TaskMetrics Metrics)> _departed = [];

    /// <summary>Tells all tasks which of them move with a checkpoint.</summary>
    public void PrepareMove(CheckpointId checkpoint, IReadOnlySet<TaskId> moving) =>
        Tell(TaskMessage.PrepareMove(new TaskMove(checkpoint, moving)));

    /// <summary>The checkpoint is complete: cancels the tasks, and tells the others.</summary>
    /// <param name="moving">The tasks.</param>
    /// <param name="attempt">Their next attempt.</param>
    public void Depart(IReadOnlySet<TaskId> moving, Attempt attempt)
    {
        Dictionary<TaskId, Attempt> moved = moving.ToDictionary(task => task, _ => attempt);
        foreach ((TaskId id, TaskHandle task) in _tasks)
        {
            if (moving.Contains(id))
            {
                task.Mailbox.Tell(TaskMessage.Cancel);
            }
            else
            {
                task.Endpoint.Move(moved);
                task.Mailbox.Tell(TaskMessage.PeersMoved(moved));
            }
        }
    }

    /// <summary>The tasks have ended: starts others in their place, and connects all again.</summary>
    /// <param name="moving">The tasks.</param>
    /// <param name="attempt">Their next attempt.</param>
    /// <param name="snapshot">The checkpoint with which they move.</param>
    public void Arrive(IReadOnlySet<TaskId> moving, Attempt attempt, JobSnapshot snapshot)
    {
        Dictionary<TaskId, Attempt> others = _tasks.Where(task => !moving.Contains(task.Key))
            .ToDictionary(task => task.Key, task => task.Value.Endpoint.Attempt);
        foreach (TaskId id in moving)
        {
            _departed.Add((id, _tasks[id].Metrics));
            _outcomes.Remove(id);
            _running.Remove(id);
            JobVertex vertex = Graph.Vertices.First(candidate => candidate.Id == id.Vertex);
            TaskSnapshot own = Find(id, snapshot.Checkpoint)!;
            TaskDeployment deployment = new(id.Job, attempt, Graph, vertex, id.Subtask)
            {
                Restore = new RestoredCheckpoint(MovedState.Of(snapshot, own, Graph, vertex), Storage, new ChunkReader(_state.Segments)),
                Checkpoints = Target,
                HasCheckpoints = _state.HasCheckpoints,
                Region = _region,
                PeerAttempts = others,
            };
            _tasks[id] = TaskRunner.Start(_executor, deployment, _environment);
        }

        foreach ((TaskId id, TaskHandle task) in _tasks)
        {
            task.Mailbox.Tell(moving.Contains(id) ? TaskMessage.Run : TaskMessage.Reconnect);
        }
    }
}
