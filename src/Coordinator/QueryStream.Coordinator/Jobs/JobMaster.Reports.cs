using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Handles the reports of workers about the job.</summary>
internal sealed partial class JobMaster
{
    private bool IsAttemptEnding => JobLifeCycle.IsEnding(_status) || _hasFailed;

    private void OnReport(JobExecution execution, WorkerId worker, JobReport report)
    {
        _changed = true;
        switch (report)
        {
            case TasksDeployed when execution.Find(worker) is AssignedWorker assigned && !IsAttemptEnding:
                assigned.IsDeployed = true;
                if (execution.IsDeployed)
                {
                    execution.Run();
                }

                break;
            case DeploymentRefused refused:
                execution.EndAllOn(worker, ExecutionState.Canceled);
                Fail(refused.Error.ToException());
                break;
            case MetricsReport metrics:
                foreach (TaskSample sample in metrics.Tasks)
                {
                    execution.Find(sample.Task)?.Count(sample, Context.Time);
                }

                break;
            case CheckpointAcknowledged acknowledged when execution.Find(acknowledged.Snapshot.Task) is TaskExecution acknowledger:
                _checkpoints?.OnAcknowledged(acknowledged.Snapshot, acknowledger);
                break;
            case CheckpointDeclined declined when execution.Find(declined.Task) is TaskExecution decliner:
                _checkpoints?.OnDeclined(declined, decliner);
                break;
            case CheckpointRequested requested when execution.Find(requested.Task) is TaskExecution asker:
                OnCheckpointRequested(requested, asker);
                break;
            case TaskReport change when execution.Find(change.Task) is TaskExecution task && task.TryMoveTo(change.State):
                OnTaskChanged(execution, task, change, worker);
                break;
        }

        EndIfAllTasksEnded();
    }

    private void OnCheckpointRequested(CheckpointRequested requested, TaskExecution task)
    {
        if (_checkpoints is null)
        {
            Log.CheckpointRequestIgnored(_log, requested.OperatorName, task.DisplayName, _handle.Name, requested.Reason);
            return;
        }

        _checkpoints.OnRequested(requested, task);
    }

    private void OnTaskChanged(JobExecution execution, TaskExecution task, TaskReport change, WorkerId worker)
    {
        switch (change.State)
        {
            case ExecutionState.Finished when _checkpoints is { } checkpoints && !checkpoints.HasLastPart(task.Id):
                // Later checkpoints would be complete without it.
                Fail(new CheckpointFailedException($"{task.DisplayName} has finished, but its last state has not arrived."));
                break;
            case ExecutionState.Running or ExecutionState.Finished:
                _runningSince ??= Context.Time.GetTimestamp();
                if (_status is JobStatus.Created or JobStatus.Restarting && !_hasFailed && execution.HasStarted)
                {
                    OnStarted(execution);
                }

                break;
            case ExecutionState.Failed:
                TaskFailure failure = change.Failure ?? new TaskFailure(
                    task.Vertex.Name, new ErrorInfo("Unknown", "The worker did not say why.", ""));
                Fail(new TaskFailedException(failure.OperatorName, task.Id.Subtask, task.Vertex.Parallelism, failure.Cause.ToException()));
                break;
            case ExecutionState.Canceled when !IsAttemptEnding:
                // The worker cancelled the task without being told to: it is leaving.
                Fail(new WorkerLostException(worker, execution.TasksOn(worker).Count()));
                break;
        }
    }

    private void OnStarted(JobExecution execution)
    {
        bool isRestart = _status == JobStatus.Restarting;
        MoveTo(JobStatus.Running);

        // Logged before it is published: a caller that awaits Running may draw on the terminal that the log is written to.
        // Published in this turn: the job may end in it, and Running completes all the same.
        if (isRestart)
        {
            Log.Restarted(_log, execution.Graph.Name, _handle.Id, execution.Attempt);
        }
        else
        {
            Log.JobStarted(_log, execution.Graph.Name, _handle.Id);
        }

        _checkpoints?.StartAttempt(execution, _checkpoints.RestorePath ?? _startedFrom?.Path);
        Publish();
    }

    private void OnWorkerLost(WorkerId worker)
    {
        if (_execution?.Find(worker) is null)
        {
            return;
        }

        int lost = _execution.TasksOn(worker).Count(task => !task.HasEnded);
        _execution.EndAllOn(worker, ExecutionState.Failed);
        if (lost > 0)
        {
            Fail(new WorkerLostException(worker, lost));
        }

        _changed = true;
        EndIfAllTasksEnded();
    }
}
