using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Jobs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>What the checkpoint coordinator tells the job's master.</summary>
internal interface ICheckpointOwner
{
    /// <summary>The tasks of the current attempts of all regions.</summary>
    IEnumerable<TaskExecution> Tasks { get; }

    /// <summary>Whether the job is cancelled or has failed for good: its tasks are sent nothing more.</summary>
    bool IsEnding { get; }

    /// <summary>Sends a message to the workers of each region that has not failed and has not ended. None if the job is ending.</summary>
    /// <param name="message">Creates it for an attempt.</param>
    void TellTasks(Func<Attempt, WorkerMessage> message);

    /// <summary>No checkpoint is under way, and the next one, with this number, is that of the move which was asked for.</summary>
    void OnCutReserved(CheckpointId checkpoint);

    /// <summary>The checkpoint of a move is complete. No other one is triggered until the move is over.</summary>
    /// <param name="parts">What each task has stored for it.</param>
    void OnCut(IReadOnlyDictionary<TaskId, TaskSnapshot> parts);

    /// <summary>The checkpoint of a move has failed, and all tasks go on where they are.</summary>
    void OnCutFailed(string reason);

    /// <summary>The attempts of all regions fail, and may restart.</summary>
    void FailAttempt(QueryStreamException failure);

    /// <summary>The regions that wait for their restart cannot restart now, which counts as a failure of its own.</summary>
    void FailRestart(QueryStreamException failure);

    /// <summary>The job fails, and must not restart.</summary>
    void FailJob(QueryStreamException failure);
}
