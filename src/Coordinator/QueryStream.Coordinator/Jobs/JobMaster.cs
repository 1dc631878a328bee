using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Master;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// One job from submission to its end: builds its graph, gets slots, has its tasks deployed on all workers before any of them runs,
/// and decides what becomes of the job by what becomes of its tasks.
/// </summary>
internal sealed partial class JobMaster : Actor<JobMasterMessage>
{
    private static readonly Attempt FirstAttempt = new(0);

    private readonly JobHandle _handle;
    private readonly JobSubmission _submission;
    private readonly TaskCompletionSource<JobHandle> _accepted;
    private readonly ActorRef<MasterMessage> _cluster;
    private readonly ILogger _log;
    private readonly JobGraphBuild _build;
    private JobStatus _status = JobStatus.Initializing;
    private JobExecution? _execution;
    private QueryStreamException? _failure;
    private long? _runningSince;
    private long? _endedAt;
    private bool _changed;

    /// <summary>Creates the master of a job.</summary>
    /// <param name="handle">Where it publishes how the job fares.</param>
    /// <param name="submission">What was asked for, and who is told whether it is accepted.</param>
    /// <param name="cluster">Has the slots.</param>
    /// <param name="loader">Finds the job's code.</param>
    /// <param name="log">Where to log.</param>
    public JobMaster(JobHandle handle, MasterMessage.Submit submission, ActorRef<MasterMessage> cluster, IJobLoader loader, ILogger log)
    {
        _handle = handle;
        _submission = submission.Submission;
        _accepted = submission.Accepted;
        _cluster = cluster;
        _log = log;
        _build = new JobGraphBuild(loader, _submission.Reference, _submission.Settings, _submission.Parallelism);
    }

    protected override void OnStart() => Context.Start(_build.RunAsync, failure => new JobMasterMessage.GraphBuilt(failure));

    protected override void Receive(in JobMasterMessage message)
    {
        switch (message)
        {
            case JobMasterMessage.GraphBuilt built:
                OnGraphBuilt(built.Failure);
                break;
            case JobMasterMessage.SlotsGranted granted when _status == JobStatus.Created:
                Deploy(granted);
                break;
            case JobMasterMessage.SlotsDenied denied:
                Fail(denied.Reason);
                break;
            case JobMasterMessage.WorkerSaid said when _execution is not null && said.Report.Attempt == _execution.Attempt:
                OnReport(_execution, said.Worker, said.Report);
                break;
            case JobMasterMessage.WorkerSaid said:
                Log.StaleReport(_log, said.Worker, _handle.Id, said.Report.Attempt);
                break;
            case JobMasterMessage.WorkerLost lost:
                OnWorkerLost(lost.Worker);
                break;
            case JobMasterMessage.Cancel:
                Cancel();
                break;
            case JobMasterMessage.Abort abort:
                Abort(abort.Reason);
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

    protected override void OnFault(Exception exception)
    {
        Log.MasterFailed(_log, exception, _handle.Id);
        Abort(new DefectException($"The master of job {_handle.Id}", exception));
    }

    private void OnGraphBuilt(Exception? failure)
    {
        if (failure is not null)
        {
            Fail(failure as QueryStreamException ?? new DefectException($"Building the graph of {_submission.Reference}", failure));
            return;
        }

        JobGraph graph = _build.Graph!;
        _execution = new JobExecution(_handle.Id, FirstAttempt, graph);
        MoveTo(JobStatus.Created);
        _cluster.Tell(new MasterMessage.SlotsWanted(_handle.Id, graph.Vertices.Max(vertex => vertex.Parallelism)));
    }

    private void Deploy(JobMasterMessage.SlotsGranted granted)
    {
        JobExecution execution = _execution!;
        execution.Place(granted.Slots);
        Publish();
        if (!_accepted.TrySetResult(_handle))
        {
            // Whoever submitted it has given up meanwhile, and has no handle to cancel it by.
            Cancel();
            return;
        }

        execution.Deploy(new JobPlan(
            _submission.Reference, _submission.Settings.Values, _submission.Parallelism, execution.Graph.Fingerprint));
        Log.GraphDeployed(_log, execution.Graph.Name, _handle.Id, execution.Tasks.Count, execution.Shares.Count);
        _changed = true;
    }

    private void Cancel()
    {
        switch (_status)
        {
            case JobStatus.Initializing:
                End(JobStatus.Canceled);
                break;
            case JobStatus.Created or JobStatus.Running:
                MoveTo(JobStatus.Cancelling);
                _execution!.Cancel();
                EndWhenOver();
                break;
        }
    }

    private void Fail(QueryStreamException failure)
    {
        switch (_status)
        {
            case JobStatus.Initializing:
                _failure = failure;
                End(JobStatus.Failed);
                break;
            case JobStatus.Created or JobStatus.Running:
                _failure = failure;
                MoveTo(JobStatus.Failing);
                _execution!.Cancel();
                EndWhenOver();
                break;
            default:
                Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
                break;
        }
    }

    private void EndWhenOver()
    {
        if (_execution is null || !_execution.HasEnded || JobLifeCycle.IsTerminal(_status))
        {
            return;
        }

        End(_status switch
        {
            JobStatus.Cancelling => JobStatus.Canceled,
            JobStatus.Failing => JobStatus.Failed,
            _ => JobStatus.Finished,
        });
    }

    private void MoveTo(JobStatus next)
    {
        if (!JobLifeCycle.IsLegal(_status, next))
        {
            throw new InvalidOperationException($"Job {_handle.Id} cannot go from {_status} to {next}.");
        }

        Log.StatusChanged(_log, _handle.Id, _status, next);
        _status = next;
        _changed = true;
    }

    private void End(JobStatus end)
    {
        MoveTo(end);
        Conclude();
    }

    // Whatever state the job is in: its workers are told to end it, but nothing is waited for.
    private void Abort(QueryStreamException reason)
    {
        _failure ??= reason;
        _execution?.Cancel();
        _status = JobStatus.Failed;
        Conclude();
    }

    // The cluster frees the slots before it completes the handle, so that who waits for the end can use them at once.
    private void Conclude()
    {
        _endedAt = Context.Time.GetTimestamp();
        _execution?.Release();
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
        IReadOnlyList<TaskExecution> tasks = _execution?.Tasks ?? [];
        _handle.Publish(new JobSnapshot(
            _execution?.Graph.Name ?? _handle.Name,
            _status,
            [.. tasks.Select(task => task.Snapshot())],
            JobTotals.Of(tasks, _runningSince, Context.Time))
        {
            RunningSince = _runningSince,
            EndedAt = _endedAt,
        });
    }
}
