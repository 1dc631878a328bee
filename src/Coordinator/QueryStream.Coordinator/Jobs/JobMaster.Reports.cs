using QueryStream.Coordinator.Master;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>Handles the reports of workers about the job.</summary>
internal sealed partial class JobMaster
{
    private void OnReport(WorkerId worker, JobReport report)
    {
        JobRegion? region = _regions.FirstOrDefault(candidate => candidate.Execution?.Has(report.Attempt) == true);
        if (region?.Execution is not { } execution)
        {
            Log.StaleReport(_log, worker, _handle.Id, report.Attempt);
            return;
        }

        _changed = true;
        switch (report)
        {
            case MovePrepared or TasksMoved:
                OnMoveAnswered(worker, report);
                break;
            case TasksDeployed when report.Attempt != execution.Attempt:
                OnMoveAnswered(worker, report);
                break;
            case TasksDeployed when execution.Find(worker) is AssignedWorker assigned && !IsEnding(region):
                assigned.IsDeployed = true;
                if (execution.IsDeployed)
                {
                    execution.Run();
                }

                break;
            case DeploymentRefused refused:
                execution.EndAllOn(worker, ExecutionState.Canceled, report.Attempt);
                Fail(refused.Error.ToException(), [region]);
                break;
            case MetricsReport metrics:
                foreach (TaskSample sample in metrics.Tasks)
                {
                    execution.Find(sample.Task, report.Attempt)?.Update(sample, Context.Time);
                }

                break;
            case CheckpointAcknowledged acknowledged when execution.Find(acknowledged.Snapshot.Task, report.Attempt) is TaskExecution acknowledger:
                _checkpoints?.OnAcknowledged(acknowledged.Snapshot, acknowledger);
                break;
            case CheckpointDeclined declined when execution.Find(declined.Task, report.Attempt) is TaskExecution decliner:
                _checkpoints?.OnDeclined(declined, decliner);
                break;
            case CheckpointRequested requested when execution.Find(requested.Task, report.Attempt) is TaskExecution asker:
                OnCheckpointRequested(requested, asker);
                break;
            case TaskReport change when execution.Find(change.Task, report.Attempt) is TaskExecution task && task.TryMoveTo(change.State):
                OnTaskChanged(region, task, change, worker);
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

    private bool IsEnding(JobRegion region) => JobLifeCycle.IsEnding(_status) || region.HasFailed;

    private void OnTaskChanged(JobRegion region, TaskExecution task, TaskReport change, WorkerId worker)
    {
        switch (change.State)
        {
            case ExecutionState.Canceled or ExecutionState.Finished when Departing.Contains(task):
                // Another one has its place.
                break;
            case ExecutionState.Finished when _checkpoints is { } checkpoints && !checkpoints.HasFinalSnapshot(task.Id):
                // Later checkpoints would be complete without it.
                Fail(new CheckpointFailedException($"{task.DisplayName} has finished, but its final snapshot has not arrived."), [region]);
                break;
            case ExecutionState.Running or ExecutionState.Finished:
                _runningSince ??= Context.Time.GetTimestamp();
                if (_status is JobStatus.Created or JobStatus.Restarting && _regions.All(candidate => candidate.HasStarted))
                {
                    OnStarted();
                }

                EndMoveIfStarted();

                break;
            case ExecutionState.Failed:
                TaskFailure failure = change.Failure ?? new TaskFailure(
                    task.Vertex.Name, new ErrorInfo("Unknown", "The worker did not say why.", ""));
                Fail(
                    new TaskFailedException(failure.OperatorName, task.Id.Subtask, task.Vertex.Parallelism, failure.Cause.ToException()), [region]);
                break;
            case ExecutionState.Canceled when !IsEnding(region):
                // The worker cancelled the task without being told to: it is leaving.
                _needsSlots = true;
                Fail(new WorkerLostException(worker, Tasks.Count(other => other.Slot?.Worker == worker)), _regions);
                break;
        }
    }

    private void OnStarted()
    {
        bool isRestart = _status == JobStatus.Restarting;
        MoveTo(JobStatus.Running);

        // Logged before it is published: a caller that awaits Running may draw on the terminal that the log is written to.
        // Published in this turn: the job may end in it, and Running completes all the same.
        if (isRestart)
        {
            Log.Restarted(_log, Graph.Name, _handle.Id, new Attempt(_attempts - 1));
        }
        else
        {
            Log.JobStarted(_log, Graph.Name, _handle.Id);
        }

        _checkpoints?.StartAttempt(RestorePath);
        RecordStart(isRestart);
        _cluster.Tell(new MasterMessage.JobRuns(_handle.Id, Plan));
        Publish();
        ConsiderScalingUp();
    }

    private void OnWorkerLost(WorkerId worker)
    {
        if (_liveMove is { Phase: < LiveMovePhase.Deploying } move && move.MovesTo(worker))
        {
            AbandonMove($"worker {worker}, to which it moves subtasks, is lost");
        }

        // Its tasks may all have ended, and its answer to a move never comes.
        bool isAwaited = _liveMove?.Awaits(worker) == true;
        if (!RunsOn(worker) && !isAwaited)
        {
            return;
        }

        // Slots are taken anew for all regions, also where only those have failed that wait for their restart in a slot of this worker.
        _needsSlots = true;
        int lost = 0;
        foreach (RegionExecution execution in Executions)
        {
            lost += execution.TasksOn(worker).Count(task => !task.HasEnded);
            execution.EndAllOn(worker, ExecutionState.Failed);
        }

        RecordWorkerLost(worker, lost);
        if (lost > 0 || isAwaited || _regions.Any(region => region.HasFailed))
        {
            Fail(new WorkerLostException(worker, lost), _regions);
        }

        _changed = true;
        EndIfAllTasksEnded();
    }
}
