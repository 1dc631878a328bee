using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>What workers say of the job, and what follows from it.</summary>
internal sealed partial class JobMaster
{
    private void OnReport(JobExecution execution, WorkerId worker, JobReport report)
    {
        _changed = true;
        switch (report)
        {
            case TasksDeployed when execution.Find(worker) is WorkerShare share && !JobLifeCycle.IsEnding(_status):
                share.IsDeployed = true;
                if (execution.IsDeployed)
                {
                    execution.Run();
                }

                break;
            case DeploymentRefused refused:
                execution.EndAllOn(worker, TaskState.Canceled);
                Fail(refused.Error.ToException());
                break;
            case MetricsReport metrics:
                foreach (TaskSample sample in metrics.Tasks)
                {
                    execution.Find(sample.Task)?.Count(sample, Context.Time);
                }

                break;
            case TaskReport change when execution.Find(change.Task) is TaskExecution task && task.TryMoveTo(change.State):
                OnTaskChanged(execution, task, change, worker);
                break;
        }

        EndWhenOver();
    }

    private void OnTaskChanged(JobExecution execution, TaskExecution task, TaskReport change, WorkerId worker)
    {
        switch (change.State)
        {
            case TaskState.Running or TaskState.Finished:
                _runningSince ??= Context.Time.GetTimestamp();
                if (_status == JobStatus.Created && execution.HasStarted)
                {
                    MoveTo(JobStatus.Running);

                    // Logged first: whoever waits for it to run may begin to draw where the log is written. Published at once: the
                    // job may end in this very turn, and was running all the same.
                    Log.JobStarted(_log, execution.Graph.Name, _handle.Id);
                    Publish();
                }

                break;
            case TaskState.Failed:
                TaskFailure failure = change.Failure ?? new TaskFailure(task.Vertex.Name, new ErrorInfo("Unknown", "The worker gave no cause.", ""));
                Fail(new TaskFailedException(failure.OperatorName, task.Id.Subtask, task.Vertex.Parallelism, failure.Cause.ToException()));
                break;
            case TaskState.Canceled when !JobLifeCycle.IsEnding(_status):
                // The worker has cancelled by itself: it is leaving.
                Fail(new WorkerLostException(worker, execution.TasksOn(worker).Count()));
                break;
        }
    }

    private void OnWorkerLost(WorkerId worker)
    {
        if (_execution?.Find(worker) is null)
        {
            return;
        }

        int lost = _execution.TasksOn(worker).Count(task => !task.HasEnded);
        _execution.EndAllOn(worker, TaskState.Failed);
        if (lost > 0)
        {
            Fail(new WorkerLostException(worker, lost));
        }

        _changed = true;
        EndWhenOver();
    }
}
