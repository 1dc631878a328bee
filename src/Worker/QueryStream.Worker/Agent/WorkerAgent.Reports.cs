using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>Reports states and metrics of tasks to the coordinator.</summary>
internal sealed partial class WorkerAgent
{
    // Reading it costs about a millisecond.
    private static readonly TimeSpan ProcessInterval = TimeSpan.FromSeconds(2);

    private void OnTaskChanged(AgentMessage.TaskChanged changed)
    {
        if (Find(changed.Task.Job, changed.Attempt) is not HostedRegion region || region.Find(changed.Task) is not DeployedTask task || task.HasEnded)
        {
            return;
        }

        task.State = changed.State;
        if (task.IsRunning)
        {
            _metricsTimer ??= Context.After(_options.MetricsInterval, new AgentMessage.MetricsDue());
            Send(new TaskReport(changed.Task, changed.Attempt, ExecutionState.Running));
            return;
        }

        TaskFailure? failure = null;
        if (changed.Cause is not null)
        {
            Log.TaskFailed(_log, changed.Cause, changed.OperatorName, task.DisplayName, changed.Task.Job, changed.Attempt);
            failure = new TaskFailure(changed.OperatorName, ErrorInfo.From(changed.Cause));
        }

        // Metrics first: they are then exact when the coordinator sees the end of the last task.
        Send(new MetricsReport(changed.Task.Job, changed.Attempt, [task.Sample(Context.Time)]));
        Send(new TaskReport(changed.Task, changed.Attempt, changed.State, failure));
        Publish();
        if (region.Departed.Contains(task))
        {
            // Also when the others end too: the coordinator waits for it.
            ReportMoved(region);
        }

        // Where others go on, its connections stay open until the move is over.
        if (region is not { Departed.Count: > 0, State: HostedRegionState.Running })
        {
            EndIfAllTasksEnded(region);
        }
    }

    private void EndIfAllTasksEnded(HostedRegion region)
    {
        if (region.Tasks.All(task => task.HasEnded) && region.HasDeparted)
        {
            End(region);
        }
    }

    private void End(HostedRegion region)
    {
        region.TryMoveTo(HostedRegionState.Ended);
        ReportRefusal(region);
        Forget(region);
        StopWhenIdle();
    }

    private void StopWhenIdle()
    {
        if ((_stopping || _leaving) && _regions.TrueForAll(region => region.State == HostedRegionState.Ended))
        {
            Context.Stop();
        }
    }

    private void ReportProcess()
    {
        if (_link is not null)
        {
            Send(new ProcessReport(_process!()));
        }

        Context.After(ProcessInterval, new AgentMessage.ProcessDue());
    }

    private void ReportMetrics()
    {
        _metricsTimer?.Dispose();
        _metricsTimer = null;
        foreach (HostedRegion region in _regions)
        {
            List<TaskSample> samples = [];
            foreach (DeployedTask task in region.Tasks)
            {
                if (task.IsRunning)
                {
                    samples.Add(task.Sample(Context.Time));
                }
            }

            if (samples.Count > 0)
            {
                Send(new MetricsReport(region.Deployment.Job, region.Deployment.Attempt, samples));
                _metricsTimer ??= Context.After(_options.MetricsInterval, new AgentMessage.MetricsDue());
            }
        }

        Publish();
    }

    private void Publish() => Published.Tasks =
        [.. _regions.SelectMany(region => region.Tasks).Where(task => task.IsRunning).Select(task => task.View).OfType<RunningTask>()];
}
