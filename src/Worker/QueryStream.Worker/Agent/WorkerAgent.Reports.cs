using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>Reports states and metrics of tasks to the coordinator.</summary>
internal sealed partial class WorkerAgent
{
    private void OnTaskChanged(AgentMessage.TaskChanged changed)
    {
        if (Find(changed.Task.Job, changed.Attempt) is not HostedJob job || job.Find(changed.Task) is not DeployedTask task || task.HasEnded)
        {
            return;
        }

        if (changed.State == ExecutionState.Running)
        {
            task.IsRunning = true;
            _metricsTimer ??= Context.After(_options.MetricsInterval, new AgentMessage.MetricsDue());
            Send(new TaskReport(changed.Task, changed.Attempt, ExecutionState.Running));
            return;
        }

        task.HasEnded = true;
        TaskFailure? failure = null;
        if (changed.Cause is not null)
        {
            Log.TaskFailed(_log, changed.Cause, changed.OperatorName, task.DisplayName, changed.Task.Job, changed.Attempt);
            failure = new TaskFailure(changed.OperatorName, ErrorInfo.From(changed.Cause));
        }

        // Metrics first: they are then exact when the coordinator sees the end of the last task.
        Send(new MetricsReport(changed.Task.Job, changed.Attempt, [task.Sample(Context.Time)]));
        Send(new TaskReport(changed.Task, changed.Attempt, changed.State, failure));
        EndIfAllTasksEnded(job);
    }

    private void EndIfAllTasksEnded(HostedJob job)
    {
        if (job.Tasks.All(task => task.HasEnded))
        {
            End(job);
        }
    }

    private void End(HostedJob job)
    {
        job.TryMoveTo(HostedJobState.Ended);
        ReportRefusal(job);
        Forget(job);
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if (_stopping && _jobs.TrueForAll(job => job.State == HostedJobState.Ended))
        {
            Context.Stop();
        }
    }

    private void ReportMetrics()
    {
        _metricsTimer?.Dispose();
        _metricsTimer = null;
        foreach (HostedJob job in _jobs)
        {
            List<TaskSample> samples = [];
            foreach (DeployedTask task in job.Tasks)
            {
                if (task.IsRunning && !task.HasEnded)
                {
                    samples.Add(task.Sample(Context.Time));
                }
            }

            if (samples.Count > 0)
            {
                Send(new MetricsReport(job.Deployment.Job, job.Deployment.Attempt, samples));
                _metricsTimer ??= Context.After(_options.MetricsInterval, new AgentMessage.MetricsDue());
            }
        }
    }
}
