using QueryStream.Runtime.Snapshots;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Agent;

/// <summary>Notifies tasks of checkpoints, and reports their stored snapshots to the coordinator.</summary>
internal sealed partial class WorkerAgent
{
    private static SnapshotTrigger TriggerOf(TriggerCheckpoint trigger) =>
        new(trigger.Checkpoint, new CheckpointTarget(trigger.Storage, trigger.Epoch))
        {
            Base = trigger.Base,
            Stop = trigger.Stop switch
            {
                StopMode.Suspend => SnapshotStop.Suspend,
                StopMode.Drain => SnapshotStop.Drain,
                _ => SnapshotStop.None,
            },
        };

    private void OnSnapshotStored(AgentMessage.SnapshotStored stored)
    {
        if (Find(stored.Snapshot.Task.Job, stored.Attempt) is HostedRegion region)
        {
            if (stored.Snapshot.HasEnded && region.Find(stored.Snapshot.Task) is { } task)
            {
                task.Final = stored.Snapshot;
            }

            Send(new CheckpointAcknowledged(stored.Snapshot, stored.Attempt));
        }
    }

    private void OnCheckpointRequested(AgentMessage.CheckpointRequested requested)
    {
        if (Find(requested.Task.Job, requested.Attempt) is not null)
        {
            Send(new CheckpointRequested(requested.Task, requested.Attempt, requested.LastBarrier, requested.OperatorName, requested.Reason));
        }
    }

    private void OnSnapshotFailed(AgentMessage.SnapshotFailed failed)
    {
        if (Find(failed.Task.Job, failed.Attempt) is HostedRegion region && region.Find(failed.Task) is { } task)
        {
            Log.SnapshotFailed(_log, failed.OperatorName, task.DisplayName, failed.Checkpoint, failed.Task.Job, failed.Cause.Message);
            Send(new CheckpointDeclined(
                failed.Task, failed.Attempt, failed.Checkpoint, new TaskFailure(failed.OperatorName, ErrorInfo.From(failed.Cause))));
        }
    }
}
