using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Master;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Streams.Graph;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// One job from submission to its end: builds its graph, finds what it restores, requests slots, deploys its tasks on all workers before any of
/// them runs, derives the job's status from the states of its tasks, and restarts them after a failure.
/// </summary>
internal sealed partial class JobMaster : Actor<JobMasterMessage>, ICheckpointOwner
{
    private readonly JobHandle _handle;
    private readonly JobSubmission _submission;
    private readonly TaskCompletionSource<JobHandle> _accepted;
    private readonly ActorRef<MasterMessage> _cluster;
    private readonly CoordinatorParts _services;
    private readonly ILogger _log;
    private readonly JobGraphBuild _build;
    private readonly RestartStrategy _strategy;
    private RegisteredJob _registered;
    private JobStatus _status = JobStatus.Initializing;
    private ImmutableDictionary<JobStatus, DateTimeOffset> _reached;
    private JobGraph? _graph;
    private CheckpointCoordinator? _checkpoints;
    private QueryStreamException? _failure;
    private long? _runningSince;
    private long? _endedAt;
    private bool _changed;

    // How the job ends once its checkpoints are deleted; null while it has not ended.
    private JobStatus? _end;

    /// <summary>Creates the master of a job.</summary>
    /// <param name="handle">Where it publishes the job's status, tasks and metrics.</param>
    /// <param name="submission">The request; completed when the job is accepted or refused.</param>
    /// <param name="registered">What the registry is to know of it.</param>
    /// <param name="cluster">Allocates slots.</param>
    /// <param name="services">What the coordinator gets from its host.</param>
    /// <param name="log">Where to log.</param>
    public JobMaster(
        JobHandle handle,
        MasterMessage.Submit submission,
        RegisteredJob registered,
        ActorRef<MasterMessage> cluster,
        CoordinatorParts services,
        ILogger log)
    {
        _registered = registered;
        _attempts = registered.FirstAttempt.Number;
        _handle = handle;
        _submission = submission.Submission;
        _accepted = submission.Accepted;
        _cluster = cluster;
        _services = services;
        _log = log;
        _reached = handle.Reached.ToImmutableDictionary();
        _events = [.. handle.Events];
        _parallelism = _submission.Parallelism;
        _adoption = registered.Recoveries > 0 && services.Options.AdoptionTimeout > TimeSpan.Zero ? new Adoption() : null;
        _strategy = RestartStrategy.Of(_submission.Options.Restarts, takesCheckpoints: _submission.Options.Checkpoints.Storage.Length > 0);
        _build = new JobGraphBuild(services.Loader, _submission.Reference, _submission.Settings, _submission.Parallelism);
    }

    // With the name that the submission gives the job, if it does.
    private JobGraph Graph => _graph!;

    protected override void OnStart() => Context.Start(_build.RunAsync, failure => new JobMasterMessage.GraphBuilt(failure));

    protected override void Receive(in JobMasterMessage message)
    {
        switch (message)
        {
            case JobMasterMessage.GraphBuilt built:
                OnGraphBuilt(built.Failure);
                break;
            case JobMasterMessage.Prepared prepared:
                OnPrepared(prepared.Result);
                break;
            case JobMasterMessage.SlotsAllocated allocated when _status is JobStatus.Created or JobStatus.Restarting:
                FitTo(allocated.Slots);
                Deploy(_regions);
                break;
            case JobMasterMessage.SlotsFree free:
                OnSlotsFree(free.Count);
                break;
            case JobMasterMessage.ScaleUpDue:
                OnScaleUpDue();
                break;
            case JobMasterMessage.SlotsAwaited awaited when _status is JobStatus.Created or JobStatus.Restarting:
                OnSlotsAwaited(awaited.Reason);
                break;
            case JobMasterMessage.Abandon:
                Context.Stop();
                break;
            case JobMasterMessage.SlotsUnavailable unavailable:
                Fail(unavailable.Reason, _regions);
                break;
            case JobMasterMessage.ReportReceived received when _adoption is not null:
                _adoption.Update(received.Worker, received.Report);
                AdoptIfComplete();
                break;
            case JobMasterMessage.ReportReceived received:
                OnReport(received.Worker, received.Report);
                break;
            case JobMasterMessage.WorkerLost lost:
                _adoption?.Remove(lost.Worker);
                OnWorkerLost(lost.Worker);
                break;
            case JobMasterMessage.WorkerLeaves leaves:
                OnWorkerLeaves(leaves.Worker);
                break;
            case JobMasterMessage.RestartDue due:
                OnRestartDue(due.Restart);
                break;
            case JobMasterMessage.Savepoint savepoint:
                TakeSavepoint(savepoint);
                break;
            case CheckpointEvent.Discarded discarded:
                OnDiscarded(discarded.Failure);
                break;
            case CheckpointEvent checkpoint:
                _checkpoints?.Receive(checkpoint);
                _changed = true;
                MoveIfCheckpointed();
                EndIfStopped();
                EndIfAllTasksEnded();
                break;
            case JobMasterMessage.Cancel:
                Cancel();
                break;
            case JobMasterMessage.Abort abort:
                Abort(abort.Reason);
                break;
            default:
                ReceiveChange(message);
                break;
        }

        Observe(message);
    }

    // What changes where the job runs, or under which coordinator.
    private void ReceiveChange(JobMasterMessage message)
    {
        switch (message)
        {
            case JobMasterMessage.Rescale rescale:
                OnRescale(rescale);
                break;
            case JobMasterMessage.SlotsHeld held:
                OnSlotsHeld(held);
                break;
            case JobMasterMessage.RescaleRegistered registered:
                OnRescaleRegistered(registered.Problem);
                break;
            case JobMasterMessage.WorkerJoined:
                OnWorkerJoined();
                break;
            case JobMasterMessage.SpreadDue:
                OnSpreadDue();
                break;
            case JobMasterMessage.SlotsSpread spread:
                OnSlotsSpread(spread.Slots);
                break;
            case JobMasterMessage.TasksHeld held:
                OnTasksHeld(held.Held);
                break;
            case JobMasterMessage.PrepareDue:
                OnPrepareDue();
                break;
            case JobMasterMessage.AdoptionDue:
                OnAdoptionDue();
                break;
        }
    }

    protected override bool Work()
    {
        if (_changed)
        {
            Publish();
        }

        return false;
    }

    protected override void OnDropped(in JobMasterMessage message)
    {
        if (message is JobMasterMessage.Savepoint savepoint)
        {
            savepoint.Path.TrySetException(new CheckpointFailedException("The savepoint has failed: the job has ended."));
        }
        else if (message is JobMasterMessage.Rescale rescale)
        {
            rescale.Answer.TrySetException(NotRunning());
        }
    }

    protected override void OnStop() => _rescale?.Request.Answer.TrySetException(NotRunning());

    protected override void OnFault(Exception exception)
    {
        Log.MasterFailed(_log, exception, _handle.Id);
        Abort(new DefectException($"The master of job {_handle.Id}", exception));
    }

    private void OnGraphBuilt(Exception? failure)
    {
        if (failure is not null)
        {
            Fail(failure as QueryStreamException ?? new DefectException($"Building the graph of {_submission.Reference}", failure), _regions);
            return;
        }

        _graph = Named(_build.Graph!);
        _leastSlots = LeastSlots();
        _regions = JobRegion.Of(Graph);
        foreach (string warning in Graph.Warnings)
        {
            Log.JobWarning(_log, Graph.Name, warning);
        }

        Prepare();
    }

    private JobGraph Named(JobGraph graph) => _submission.Name is string name ? graph.WithName(name) : graph;

    private void Cancel()
    {
        switch (_status)
        {
            case JobStatus.Initializing:
                End(JobStatus.Canceled);
                break;
            case JobStatus.Created or JobStatus.Running or JobStatus.Restarting when _end is null:
                ForgetMove(restart: null);
                MoveTo(JobStatus.Cancelling);
                _checkpoints?.EndAttempt("the job was cancelled", isFailure: false);
                CancelAll();
                EndIfAllTasksEnded();
                break;
        }
    }

    private void TakeSavepoint(JobMasterMessage.Savepoint request)
    {
        if (_status != JobStatus.Running || _end is not null)
        {
            request.Path.TrySetException(new CheckpointFailedException(
                $"No savepoint can be taken: the job is {_status.ToString().ToUpperInvariant()}, and must be RUNNING."));
        }
        else if (_checkpoints is null)
        {
            request.Path.TrySetException(new SettingException(CheckpointSettings.DirectoryName, "is not set: savepoints need it too."));
        }
        else
        {
            _checkpoints.TakeSavepoint(request.Directory, request.Stop, request.Path);
        }
    }

    // The savepoint with which the job stops may be complete only after its attempt has failed.
    private void EndIfStopped()
    {
        if (_status == JobStatus.Restarting && _checkpoints?.StoppedWith is not null)
        {
            RestartOrFail(_restartCause!, _regions);
        }
    }

    // Also called when a commit has been answered: the job neither restarts nor ends while its outcome is unknown.
    private void EndIfAllTasksEnded()
    {
        if (!HasAttempt || JobLifeCycle.IsTerminal(_status) || _end is not null || _rescale is not null)
        {
            return;
        }

        if (_status == JobStatus.Restarting)
        {
            RestartIfDue();
            return;
        }

        if (!Executions.All(execution => execution.HasEnded))
        {
            return;
        }

        _checkpoints?.EndAttempt("the job has ended", isFailure: false);
        if (_checkpoints is null or { IsSettled: true })
        {
            End(_status switch
            {
                JobStatus.Cancelling => JobStatus.Canceled,
                JobStatus.Failing => JobStatus.Failed,
                _ => JobStatus.Finished,
            });
        }
    }

    private void MoveTo(JobStatus next)
    {
        if (!JobLifeCycle.IsLegal(_status, next))
        {
            throw new InvalidOperationException($"Job {_handle.Id} cannot go from {_status} to {next}.");
        }

        Log.StatusChanged(_log, _handle.Id, _status, next);
        _status = next;
        _reached = _reached.SetItem(next, Context.Time.GetUtcNow());
        _changed = true;
    }

    private void End(JobStatus end)
    {
        _end = end;
        if (_checkpoints?.Discard(end, _startedFrom?.Path) != true)
        {
            MoveTo(end);
            Complete();
        }
    }

    private void OnDiscarded(Exception? failure)
    {
        if (failure is not null)
        {
            Log.DiscardFailed(_log, _handle.Name, failure.Message);
        }

        MoveTo(_end!.Value);
        Complete();
    }

    // Legal in every status: tells the workers to cancel, and does not wait for them.
    private void Abort(QueryStreamException reason)
    {
        ForgetMove(restart: null);
        _status = JobStatus.Failed;
        _reached = _reached.SetItem(_status, Context.Time.GetUtcNow());
        _checkpoints?.EndAttempt(reason.Message, isFailure: true);
        _failure ??= reason;
        CancelAll();
        Complete();
    }

    // The cluster frees the slots before it completes the handle, so that a caller that awaits the end can use them at once.
    private void Complete()
    {
        _endedAt = Context.Time.GetTimestamp();
        RecordEnd();
        ReleaseAllWorkers();
        Publish();
        if (_failure is null)
        {
            Log.JobEnded(_log, _handle.Name, _handle.Id, _status);
            _accepted.TrySetCanceled();
        }
        else if (!_accepted.TrySetException(_failure))
        {
            Log.JobFailed(_log, _failure, _handle.Name, _handle.Id);
        }

        _cluster.Tell(new MasterMessage.JobEnded(_handle, _failure));
        Context.Stop();
    }

    private void Publish()
    {
        _changed = false;
        TaskExecution[] tasks = [.. Tasks.OrderBy(task => task.Vertex.Index).ThenBy(task => task.Id.Subtask)];
        _handle.Publish(new PublishedJob(
            HasAttempt ? Graph.Name : _handle.Name,
            _status,
            [.. tasks.Select(task => task.ToInfo())],
            JobTotals.Add(_earlier, JobTotals.Of(tasks.Concat(Departing), _runningSince, Context.Time)))
        {
            Graph = _graph,
            Parallelism = _parallelism,
            WantedParallelism = WantedParallelism,
            Reached = _reached,
            Failure = _failure,
            Checkpoints = _checkpoints?.Statistics ?? new CheckpointStatistics { RestoredFrom = _startedFrom?.Path },
            WaitsFor = _waitsFor,
            Restarts = _restarts,
            RestartCause = _restartCause,
            Events = _events,
            Failures = _failures,
            FormerTasks = _formerTasks,
            RunningSince = _runningSince,
            EndedAt = _endedAt,
        });
    }
}
