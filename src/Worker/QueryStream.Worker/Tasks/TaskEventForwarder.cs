using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire.Control;
using QueryStream.Worker.Agent;

namespace QueryStream.Worker.Tasks;

/// <summary>Sends the events of tasks to the agent.</summary>
/// <param name="agent">The agent.</param>
internal sealed class TaskEventForwarder(ActorRef<AgentMessage> agent) : ITaskEvents
{
    public void Running(TaskId task, Attempt attempt) => Tell(task, attempt, ExecutionState.Running);

    public void Finished(TaskId task, Attempt attempt) => Tell(task, attempt, ExecutionState.Finished);

    public void Canceled(TaskId task, Attempt attempt) => Tell(task, attempt, ExecutionState.Canceled);

    public void Snapshotted(TaskSnapshot snapshot, Attempt attempt) => agent.Tell(new AgentMessage.SnapshotStored(snapshot, attempt));

    public void SnapshotFailed(TaskId task, CheckpointId checkpoint, Attempt attempt, string operatorName, Exception cause) =>
        agent.Tell(new AgentMessage.SnapshotFailed(task, checkpoint, attempt, operatorName, cause));

    public void CheckpointRequested(TaskId task, Attempt attempt, CheckpointId lastBarrier, string operatorName, string reason) =>
        agent.Tell(new AgentMessage.CheckpointRequested(task, attempt, lastBarrier, operatorName, reason));

    public void Failed(TaskId task, Attempt attempt, string operatorName, Exception cause) =>
        agent.Tell(new AgentMessage.TaskChanged(task, attempt, ExecutionState.Failed, operatorName, cause));

    private void Tell(TaskId task, Attempt attempt, ExecutionState state) => agent.Tell(new AgentMessage.TaskChanged(task, attempt, state));
}
