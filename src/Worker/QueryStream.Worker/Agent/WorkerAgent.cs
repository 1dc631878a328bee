using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
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
    private readonly Func<ProcessSample>? _process;
    private readonly List<HostedRegion> _regions = [];
    private readonly PreparedJobs _prepared = new();
    private ILink<CoordinatorMessage>? _link;

    // A connection on which the coordinator has not answered yet. It replaces the other one only if its coordinator is not an older one.
    private ILink<CoordinatorMessage>? _registering;

    // What the other one has sent since. It waits, since the new one was told what the worker holds: a checkpoint that is triggered now would have a
    // number that the new one gives away again.
    private readonly List<WorkerMessage> _deferred = [];
    private Epoch _epoch;
    private ITimer? _metricsTimer;

    // Whether it stops when its tasks have moved. With _stopping it does not wait for that.
    private bool _leaving;
    private bool _stopping;

    public WorkerAgent(WorkerOptions options, WorkerServices services, ITaskRunner runner)
    {
        _options = options;
        _address = services.Channels.Address;
        _log = services.Loggers.CreateLogger<WorkerAgent>();
        _deployer = new TaskDeployer(options, services, runner);
        _process = services.Process;
    }

    public PublishedTasks Published { get; } = new();

    protected override void OnStart()
    {
        _deployer.Attach(Context);
        if (_process is not null)
        {
            Context.After(ProcessInterval, new AgentMessage.ProcessDue());
        }
    }

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
            case AgentMessage.MessageReceived received when received.Link == _link && _registering is not null:
                _deferred.Add(received.Message);
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
            case AgentMessage.ProcessDue:
                ReportProcess();
                break;
            case AgentMessage.ReadState read:
                Read(read);
                break;
            case AgentMessage.Leave when _link is not null:
                _leaving = true;
                Send(new WorkerLeaving());
                StopWhenIdle();
                break;
            case AgentMessage.Leave or AgentMessage.Stop:
                Stop();
                break;
        }
    }

    private void Stop()
    {
        _stopping = true;
        CancelEach(static _ => true);
        StopWhenIdle();
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
        foreach (HostedRegion region in _regions)
        {
            region.TellAll(TaskMessage.Cancel);
        }

        Context.Stop();
    }

    private void Register(ILink<CoordinatorMessage> link)
    {
        _registering?.Close();
        _registering = link;
        link.Send(new RegisterWorker(_options.Worker, _options.Slots, [.. _regions.Select(region => region.ToHeld())])
        {
            Address = _address,
            HttpAddress = _options.HttpAddress is { Length: > 0 } http ? http : null,
        });
    }

    private void OnRegistered(ILink<CoordinatorMessage> link, Epoch epoch)
    {
        _registering = null;
        if (epoch.CompareTo(_epoch) < 0)
        {
            Log.CoordinatorRefused(_log, _options.Worker, epoch, _epoch);
            link.Close();
            ObeyDeferred();
            return;
        }

        _deferred.Clear();
        _link?.Close();
        _link = link;
        _epoch = epoch;

        // This coordinator names those that it wants, and would not release what it does not know of.
        _prepared.ForgetAll();
        Log.Registered(_log, _options.Worker, _options.Slots);
        if (_process is not null)
        {
            Send(new ProcessReport(_process()));
        }
    }

    private void Disconnect(ILink<CoordinatorMessage> link)
    {
        if (link == _link)
        {
            Log.ConnectionLost(_log, _options.Worker);
            _link = null;
            _deferred.Clear();
            if (_leaving)
            {
                // Nobody moves the tasks any more: the coordinator is leaving too, or is dead.
                Stop();
            }
        }
        else if (link == _registering)
        {
            _registering = null;
            ObeyDeferred();
        }
    }

    private void ObeyDeferred()
    {
        WorkerMessage[] deferred = [.. _deferred];
        _deferred.Clear();
        Array.ForEach(deferred, OnMessage);
    }

    // Also on the connection on which the worker registers: that coordinator knows what it held when it asked, and not what has changed since.
    private void Send(CoordinatorMessage message)
    {
        _link?.Send(message);
        _registering?.Send(message);
    }

    private void OnMessage(WorkerMessage message)
    {
        switch (message)
        {
            case DeployTasks deployment:
                Deploy(deployment);
                break;
            case PrepareJob prepare when !_stopping && !_leaving && _prepared.TryBegin(prepare):
                _deployer.BuildGraph(prepare.Job, prepare.Plan);
                break;
            case RunTasks run when Find(run.Job, run.Attempt) is HostedRegion region && region.TryMoveTo(HostedRegionState.Running):
                region.TellAll(TaskMessage.Run);
                break;
            case TriggerCheckpoint trigger when Find(trigger.Job, trigger.Attempt) is HostedRegion region:
                region.LastCheckpoint = trigger.Checkpoint;
                region.IsDrained |= trigger.Stop == StopMode.Drain;
                region.TellAll(TaskMessage.TriggerSnapshot(TriggerOf(trigger)));
                break;
            case CheckpointCompleted completed when Find(completed.Job, completed.Attempt) is HostedRegion region:
                region.TellAll(TaskMessage.CheckpointCompleted(completed.Checkpoint));
                break;
            case CheckpointAborted aborted when Find(aborted.Job, aborted.Attempt) is HostedRegion region:
                region.Move = region.Move == aborted.Checkpoint ? null : region.Move;
                region.TellAll(TaskMessage.CheckpointAborted(aborted.Checkpoint));
                break;
            case AdoptTasks adopt when Find(adopt.Job, adopt.Attempt) is HostedRegion region:
                region.TellAll(TaskMessage.Adopted(HostedRegion.TargetOf(adopt.Checkpoints)));
                Log.Adopted(_log, region.Tasks.Count, adopt.Job, adopt.Attempt, _options.Worker, _epoch);
                break;
            case CancelTasks cancel:
                CancelEach(region => region.IsOf(cancel.Job, cancel.Attempt));
                break;
            case ReleaseTasks release:
                Release(region => region.IsOf(release.Job, release.Attempt));
                break;
            case ReleaseJob release:
                _prepared.Forget(release.Job);
                _deployer.Forget(release.Job);
                Release(region => region.Deployment.Job == release.Job);
                break;
            default:
                OnMoveMessage(message);
                break;
        }
    }

    private HostedRegion? Find(JobId job, Attempt attempt) => _regions.Find(candidate => candidate.IsOf(job, attempt));

    private void Deploy(DeployTasks deployment)
    {
        if (_regions.Exists(region => region.IsSameRegion(deployment) && region.Deployment.Attempt.Number >= deployment.Attempt.Number))
        {
            Log.StaleDeployment(_log, deployment.Job, deployment.Attempt, _options.Worker);
            return;
        }

        HostedRegion hosted = new(deployment, _options.Worker);
        if (_deployer.ReasonToRefuse(hosted, _regions, _stopping) is string reason)
        {
            hosted.Refusal = new DeploymentRefusedException(reason);
            ReportRefusal(hosted);
            return;
        }

        HostedRegion? before = _regions.FindLast(region =>
            region.Deployment.Job == deployment.Job && region.Graph?.Fingerprint == deployment.Plan.Fingerprint);
        bool isBuilding = _prepared.IsBuilding(deployment.Job, deployment.Plan) || _regions.Exists(region => region.IsBuildingGraphOf(deployment));
        Release(region => region.IsReplacedBy(deployment));
        _regions.Add(hosted);
        if (deployment.Restore is RestorePlan restore)
        {
            _deployer.ReadManifest(deployment, restore);
        }

        hosted.Graph = before?.Graph ?? _prepared.GraphOf(deployment.Job, deployment.Plan);
        if (hosted.Graph is null && !isBuilding)
        {
            _deployer.BuildGraph(deployment.Job, deployment.Plan);
        }

        StartIfReady(hosted);
    }

    private void OnGraphBuilt(AgentMessage.GraphBuilt built)
    {
        if (!_prepared.OnBuilt(built))
        {
            Log.NotPrepared(_log, built.Failure!, built.Job, _options.Worker);
        }

        // Other regions of the job may wait for the same graph.
        foreach (HostedRegion waiting in _regions.FindAll(region => region.IsWaitingForGraphOf(built.Job, built.Plan)))
        {
            if (Prepared(built.Job, waiting.Deployment.Attempt, built.Failure) is HostedRegion region)
            {
                region.Graph = built.Build.Graph;
                StartIfReady(region);
            }
        }
    }

    private void OnManifestRead(AgentMessage.ManifestRead read)
    {
        if (Prepared(read.Job, read.Attempt, read.Result.Succeeded ? null : read.Result.Failure) is HostedRegion region)
        {
            region.Restored = read.Result.Value;
            StartIfReady(region);
        }
    }

    // The graph or the manifest of a region is ready, or failed. Returns the region if its tasks can still be started.
    private HostedRegion? Prepared(JobId id, Attempt attempt, Exception? failure)
    {
        if (Find(id, attempt) is not HostedRegion { State: HostedRegionState.Building or HostedRegionState.Canceling } region)
        {
            return null;
        }

        if (region.State == HostedRegionState.Canceling)
        {
            foreach (TaskPlacement task in region.Placements)
            {
                Send(new TaskReport(new TaskId(id, task.Vertex, task.Subtask), attempt, ExecutionState.Canceled));
            }

            End(region);
            return null;
        }

        if (failure is not null)
        {
            region.Refusal = failure;
            End(region);
            return null;
        }

        return region;
    }

    private void StartIfReady(HostedRegion region)
    {
        if (!region.IsReady)
        {
            return;
        }

        if (_deployer.TryStart(region) is Exception failure)
        {
            // Reported when the tasks that were started have ended, so that the coordinator never reuses a slot that is still in use.
            region.Refusal = failure;
            CancelEach(candidate => candidate == region);
            EndIfAllTasksEnded(region);
            return;
        }

        region.TryMoveTo(HostedRegionState.Deployed);
        Send(new TasksDeployed(region.Deployment.Job, region.Deployment.Attempt));
        Log.Deployed(_log, region.Tasks.Count, region.Deployment.Job, region.Deployment.Attempt, _options.Worker);
    }

    private void ReportRefusal(HostedRegion region)
    {
        if (region.Refusal is not null)
        {
            Log.DeploymentRefused(_log, region.Refusal, region.Deployment.Job, region.Deployment.Attempt, _options.Worker);
            Send(new DeploymentRefused(region.Deployment.Job, region.Deployment.Attempt, ErrorInfo.From(region.Refusal)));
        }
    }

    private void CancelEach(Predicate<HostedRegion> condition)
    {
        foreach (HostedRegion region in _regions.FindAll(condition))
        {
            if (region.TryMoveTo(HostedRegionState.Canceling))
            {
                region.TellAll(TaskMessage.Cancel);
                if (region.Departed.Count > 0)
                {
                    // All of its tasks may have moved, and ended.
                    EndIfAllTasksEnded(region);
                }
            }
        }
    }

    private void Release(Predicate<HostedRegion> condition)
    {
        CancelEach(condition);
        foreach (HostedRegion region in _regions.FindAll(condition))
        {
            region.IsReleased = true;
            Forget(region);
        }
    }

    private void Forget(HostedRegion region)
    {
        if (region is { IsReleased: true, State: HostedRegionState.Ended })
        {
            _regions.Remove(region);
            _deployer.Disconnect(region.Tasks);
            _deployer.Disconnect(region.Departed);
        }
    }
}
