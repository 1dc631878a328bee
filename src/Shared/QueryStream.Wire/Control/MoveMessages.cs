using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>
/// Tasks of the region move with a checkpoint that is still to be triggered, see docs/design/live-moves.md: they stop behind its barrier, and the
/// tasks that send to them hold what comes after it. Answered with <see cref="MovePrepared"/>. It ends with <see cref="CheckpointAborted"/>, or with
/// <see cref="MoveTasks"/> and <see cref="ReconnectTasks"/>.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt of the tasks of this worker that are told.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Tasks">The tasks that move, on all workers.</param>
public sealed record PrepareMove(JobId Job, Attempt Attempt, CheckpointId Checkpoint, IReadOnlyList<TaskId> Tasks) : WorkerMessage;

/// <summary>
/// The checkpoint of a move is complete. Those of the tasks that are here are cancelled; the others forget their channels to them. Answered with
/// <see cref="TasksMoved"/> when the cancelled ones have ended.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt of the tasks of this worker that are told.</param>
/// <param name="Placement">Where the tasks are now, and their new attempt.</param>
public sealed record MoveTasks(JobId Job, Attempt Attempt, IReadOnlyList<TaskPlacement> Placement) : WorkerMessage
{
    /// <summary>The addresses of the workers on which they are.</summary>
    public IReadOnlyList<WorkerLocation> Workers { get; init; } = [];
}

/// <summary>All workers have done what a move has asked for, and the tasks that have moved are deployed: connect the channels to them.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt of the tasks of this worker that are told. Where all of them have moved, it is dropped.</param>
public sealed record ReconnectTasks(JobId Job, Attempt Attempt) : WorkerMessage;

/// <summary>The tasks of the attempt on this worker know of a move.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record MovePrepared(JobId Job, Attempt Attempt) : JobReport(Job, Attempt);

/// <summary>The tasks that have moved away from this worker have ended, and the others know where they are.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">The attempt.</param>
public sealed record TasksMoved(JobId Job, Attempt Attempt) : JobReport(Job, Attempt);
