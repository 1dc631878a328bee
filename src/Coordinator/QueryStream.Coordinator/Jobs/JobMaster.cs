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
/// One job from submission to its end: builds its graph, requests slots, deploys its tasks on all workers before any of them runs,
/// and derives the job's status from the states of its tasks.
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
    /// <param name="handle">Where it publishes the job's status, tasks and metrics.</param>
    /// <param name="submission">The request; completed when the job is accepted or refused.</param>
    /// <param name="cluster">Allocates slots.</param>
    /// <param name="loader">Loads the job's code.</param>
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
            case JobMasterMessage.SlotsAllocated allocated when _status == JobStatus.Created:
                Deploy(allocated);
                break;
            case JobMasterMessage.SlotsUnavailable unavailable:
                Fail(unavailable.Reason);
                break;
            case JobMasterMessage.ReportReceived received when _execution is not null && received.Report.Attempt == _execution.Attempt:
                OnReport(_execution, received.Worker, received.Report);
                break;
            case JobMasterMessage.ReportReceived received:
                Log.StaleReport(_log, received.Worker, _handle.Id, received.Report.Attempt);
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
        foreach (string warning in graph.Warnings)
        {
            Log.JobWarning(_log, graph.Name, warning);
        }

        _execution = new JobExecution(_handle.Id, FirstAttempt, graph);
        MoveTo(JobStatus.Created);
        _cluster.Tell(new MasterMessage.RequestSlots(_handle.Id, graph.MaxParallelism));
    }

    private void Deploy(JobMasterMessage.SlotsAllocated allocated)
    {
        JobExecution execution = _execution!;
        execution.Place(allocated.Slots);
        Publish();
        if (!_accepted.TrySetResult(_handle))
        {
            // The caller has given up meanwhile and has no handle with which to cancel the job.
            Cancel();
            return;
        }

        execution.Deploy(new JobPlan(
            _submission.Reference, _submission.Settings.Values, _submission.Parallelism, execution.Graph.Fingerprint));
        Log.GraphDeployed(_log, execution.Graph.Name, _handle.Id, execution.Tasks.Count, execution.Workers.Count);
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
                EndIfAllTasksEnded();
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
                EndIfAllTasksEnded();
                break;
            default:
                Log.FurtherFailure(_log, _handle.Id, _status, failure.Message);
                break;
        }
    }

    private void EndIfAllTasksEnded()
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
        Complete();
    }

    // Legal in every status: tells the workers to cancel, and does not wait for them.
    private void Abort(QueryStreamException reason)
    {
        _failure ??= reason;
        _execution?.Cancel();
        _status = JobStatus.Failed;
        Complete();
    }

    // The cluster frees the slots before it completes the handle, so that a caller that awaits the end can use them at once.
    private void Complete()
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
        _handle.Publish(new PublishedJob(
            _execution?.Graph.Name ?? _handle.Name,
            _status,
            [.. tasks.Select(task => task.ToInfo())],
            JobTotals.Of(tasks, _runningSince, Context.Time))
        {
            RunningSince = _runningSince,
            EndedAt = _endedAt,
        });
    }
}
