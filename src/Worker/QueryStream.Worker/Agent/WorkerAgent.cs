using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>
/// Registers the worker's slots, deploys, runs and cancels tasks for the coordinator, and reports their states. Tasks keep running while the
/// connection is lost; the coordinator decides about them when the worker has connected again.
/// </summary>
internal sealed partial class WorkerAgent : Actor<AgentMessage>
{
    private readonly WorkerOptions _options;
    private readonly WorkerAddress? _address;
    private readonly ILogger _log;
    private readonly TaskDeployer _deployer;
    private readonly List<HostedJob> _jobs = [];
    private ILink<CoordinatorMessage>? _link;

    // A connection on which the coordinator has not answered yet. It replaces the other one only if its coordinator is not an older one.
    private ILink<CoordinatorMessage>? _registering;
    private Epoch _epoch;
    private ITimer? _metricsTimer;
    private bool _stopping;

    public WorkerAgent(WorkerOptions options, WorkerServices services, ITaskRunner runner)
    {
        _options = options;
        _address = services.Channels.Address;
        _log = services.Loggers.CreateLogger<WorkerAgent>();
        _deployer = new TaskDeployer(options, services, runner);
    }

    protected override void OnStart() => _deployer.Attach(Context);

    protected override void Receive(in AgentMessage message)
    {
        switch (message)
        {
            case AgentMessage.Connected connected:
                Register(connected.Link);
                break;
            case AgentMessage.Disconnected gone:
                Disconnect(gone.Link);
                break;
            case AgentMessage.MessageReceived { Message: WorkerRegistered registered } received when received.Link == _registering:
                OnRegistered(received.Link, registered.Epoch);
                break;
            case AgentMessage.MessageReceived received when received.Link == _link:
                OnMessage(received.Message);
                break;
            case AgentMessage.GraphBuilt built:
                OnGraphBuilt(built);
                break;
            case AgentMessage.ManifestRead read:
                OnManifestRead(read);
                break;
            case AgentMessage.TaskChanged changed:
                OnTaskChanged(changed);
                break;
            case AgentMessage.SnapshotStored stored:
                OnSnapshotStored(stored);
                break;
            case AgentMessage.SnapshotFailed failed:
                OnSnapshotFailed(failed);
                break;
            case AgentMessage.CheckpointRequested requested:
                OnCheckpointRequested(requested);
                break;
            case AgentMessage.MetricsDue:
                ReportMetrics();
                break;
            case AgentMessage.Stop:
                _stopping = true;
                CancelEach(static _ => true);
                StopWhenIdle();
                break;
        }
    }

    protected override void OnStop()
    {
        _metricsTimer?.Dispose();
        _link?.Close();
        _registering?.Close();
    }

    // The state of the tasks is unknown, so the worker leaves the cluster, and the coordinator declares them lost.
    protected override void OnFault(Exception exception)
    {
        Log.AgentFailed(_log, exception, _options.Worker);
        foreach (HostedJob job in _jobs)
        {
            job.TellAll(TaskMessage.Cancel);
        }

        Context.Stop();
    }

    private void Register(ILink<CoordinatorMessage> link)
    {
        _registering?.Close();
        _registering = link;
        IEnumerable<HostedJob> alive = _jobs.Where(job => job.State != HostedJobState.Ended);
        JobAttempt[] attempts = [.. alive.Select(job => new JobAttempt(job.Deployment.Job, job.Deployment.Attempt))];
        link.Send(new RegisterWorker(_options.Worker, _options.Slots, attempts) { Address = _address });
    }

    private void OnRegistered(ILink<CoordinatorMessage> link, Epoch epoch)
    {
        _registering = null;
        if (epoch.CompareTo(_epoch) < 0)
        {
            Log.CoordinatorRefused(_log, _options.Worker, epoch, _epoch);
            link.Close();
            return;
        }

        _link?.Close();
        _link = link;
        _epoch = epoch;
        Log.Registered(_log, _options.Worker, _options.Slots);
    }

    private void Disconnect(ILink<CoordinatorMessage> link)
    {
        if (link == _link)
        {
            Log.ConnectionLost(_log, _options.Worker);
            _link = null;
        }
        else if (link == _registering)
        {
            _registering = null;
        }
    }

    private void Send(CoordinatorMessage message) => _link?.Send(message);

    private void OnMessage(WorkerMessage message)
    {
        switch (message)
        {
            case DeployTasks deployment:
                Deploy(deployment);
                break;
            case RunTasks run when Find(run.Job, run.Attempt) is HostedJob job && job.TryMoveTo(HostedJobState.Running):
                job.TellAll(TaskMessage.Run);
                break;
            case TriggerCheckpoint trigger when Find(trigger.Job, trigger.Attempt) is HostedJob job:
                job.TellAll(TaskMessage.TriggerSnapshot(TriggerOf(trigger)));
                break;
            case CheckpointCompleted completed when Find(completed.Job, completed.Attempt) is HostedJob job:
                job.TellAll(TaskMessage.CheckpointCompleted(completed.Checkpoint));
                break;
            case CheckpointAborted aborted when Find(aborted.Job, aborted.Attempt) is HostedJob job:
                job.TellAll(TaskMessage.CheckpointAborted(aborted.Checkpoint));
                break;
            case CancelTasks cancel:
                CancelEach(job => job.IsOf(cancel.Job, cancel.Attempt));
                break;
            case ReleaseTasks release:
                Release(job => job.IsOf(release.Job, release.Attempt));
                break;
            case ReleaseJob release:
                Release(job => job.Deployment.Job == release.Job);
                break;
        }
    }

    private HostedJob? Find(JobId job, Attempt attempt) => _jobs.Find(candidate => candidate.IsOf(job, attempt));

    private void Deploy(DeployTasks deployment)
    {
        if (_jobs.Exists(job => job.IsSameRegion(deployment) && job.Deployment.Attempt.Number >= deployment.Attempt.Number))
        {
            Log.StaleDeployment(_log, deployment.Job, deployment.Attempt, _options.Worker);
            return;
        }

        HostedJob hosted = new(deployment, _options.Worker);
        if (_deployer.ReasonToRefuse(hosted, _jobs, _stopping) is string reason)
        {
            hosted.Refusal = new DeploymentRefusedException(reason);
            ReportRefusal(hosted);
            return;
        }

        HostedJob? before = _jobs.FindLast(job =>
            job.Deployment.Job == deployment.Job && job.Graph?.Fingerprint == deployment.Plan.Fingerprint);
        bool isBuilding = _jobs.Exists(job => job.IsBuildingGraphOf(deployment));
        Release(job => job.IsSameRegion(deployment));
        _jobs.Add(hosted);
        if (deployment.Restore is RestorePlan restore)
        {
            _deployer.ReadManifest(deployment, restore);
        }

        hosted.Graph = before?.Graph;
        if (hosted.Graph is null && !isBuilding)
        {
            _deployer.BuildGraph(deployment);
        }

        StartIfReady(hosted);
    }

    private void OnGraphBuilt(AgentMessage.GraphBuilt built)
    {
        // Other regions of the job may wait for the same graph.
        foreach (HostedJob waiting in _jobs.FindAll(job => job.IsWaitingForGraphOf(built.Job, built.Plan)))
        {
            if (Prepared(built.Job, waiting.Deployment.Attempt, built.Failure) is HostedJob job)
            {
                job.Graph = built.Build.Graph;
                StartIfReady(job);
            }
        }
    }

    private void OnManifestRead(AgentMessage.ManifestRead read)
    {
        if (Prepared(read.Job, read.Attempt, read.Result.Succeeded ? null : read.Result.Failure) is HostedJob job)
        {
            job.Restored = read.Result.Value;
            StartIfReady(job);
        }
    }

    // The graph or the manifest of a job is ready, or failed. Returns the job if its tasks can still be started.
    private HostedJob? Prepared(JobId id, Attempt attempt, Exception? failure)
    {
        if (Find(id, attempt) is not HostedJob { State: HostedJobState.Building or HostedJobState.Canceling } job)
        {
            return null;
        }

        if (job.State == HostedJobState.Canceling)
        {
            foreach (TaskPlacement task in job.Placements)
            {
                Send(new TaskReport(new TaskId(id, task.Vertex, task.Subtask), attempt, ExecutionState.Canceled));
            }

            End(job);
            return null;
        }

        if (failure is not null)
        {
            job.Refusal = failure;
            End(job);
            return null;
        }

        return job;
    }

    private void StartIfReady(HostedJob job)
    {
        if (!job.IsReady)
        {
            return;
        }

        if (_deployer.TryStart(job) is Exception failure)
        {
            // Reported when the tasks that were started have ended, so that the coordinator never reuses a slot that is still in use.
            job.Refusal = failure;
            CancelEach(candidate => candidate == job);
            EndIfAllTasksEnded(job);
            return;
        }

        job.TryMoveTo(HostedJobState.Deployed);
        Send(new TasksDeployed(job.Deployment.Job, job.Deployment.Attempt));
        Log.Deployed(_log, job.Tasks.Count, job.Deployment.Job, job.Deployment.Attempt, _options.Worker);
    }

    private void ReportRefusal(HostedJob job)
    {
        if (job.Refusal is not null)
        {
            Log.DeploymentRefused(_log, job.Refusal, job.Deployment.Job, job.Deployment.Attempt, _options.Worker);
            Send(new DeploymentRefused(job.Deployment.Job, job.Deployment.Attempt, ErrorInfo.From(job.Refusal)));
        }
    }

    private void CancelEach(Predicate<HostedJob> condition)
    {
        foreach (HostedJob job in _jobs)
        {
            if (condition(job) && job.TryMoveTo(HostedJobState.Canceling))
            {
                job.TellAll(TaskMessage.Cancel);
            }
        }
    }

    private void Release(Predicate<HostedJob> condition)
    {
        CancelEach(condition);
        foreach (HostedJob job in _jobs.FindAll(condition))
        {
            job.IsReleased = true;
            Forget(job);
        }
    }

    private void Forget(HostedJob job)
    {
        if (job is { IsReleased: true, State: HostedJobState.Ended })
        {
            _jobs.Remove(job);
            _deployer.Disconnect(job);
        }
    }
}
