using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator.Jobs;
using QueryStream.Coordinator.Registry;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Actors;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Master;

/// <summary>Knows the workers, their slots and the jobs; forwards the reports of workers to the jobs' masters.</summary>
/// <param name="epoch">Its epoch as leader.</param>
/// <param name="services">What it gets from its host.</param>
/// <param name="publish">Receives each new state of the cluster.</param>
internal sealed partial class ClusterMaster(Epoch epoch, CoordinatorParts services, Action<PublishedCluster> publish) : Actor<MasterMessage>
{
    private readonly ILogger _log = services.Loggers.CreateLogger<ClusterMaster>();
    private readonly ILogger _jobLog = services.Loggers.CreateLogger<JobMaster>();
    private readonly SlotRequests _requests = new();
    private readonly WorkerRegistry _registry = new();
    private readonly List<RunningJob> _jobs = [];
    private readonly List<MasterMessage.AwaitWorkers> _waiting = [];
    private ImmutableList<JobHandle> _ended = [];
    private ImmutableList<ClusterEvent> _events = [];
    private ImmutableSortedDictionary<JobStatus, long> _endedByStatus = ImmutableSortedDictionary<JobStatus, long>.Empty;
    private bool _stopping;

    protected override void Receive(in MasterMessage message)
    {
        switch (message)
        {
            case MasterMessage.MessageReceived { Message: RegisterWorker registration } received:
                Register(received.Link, registration);
                break;
            case MasterMessage.MessageReceived { Message: WorkerLeaving } received when _registry.Find(received.Link) is RegisteredWorker worker:
                OnLeaving(worker);
                break;
            case MasterMessage.MessageReceived { Message: JobReport report } received when _registry.Find(received.Link) is RegisteredWorker worker:
                Find(report.Job)?.Master.Tell(new JobMasterMessage.ReportReceived(worker.Id, report));
                break;
            case MasterMessage.MessageReceived { Message: ProcessReport report } received
                when _registry.Find(received.Link) is RegisteredWorker worker:
                (worker.Process, worker.ReportedAt) = (report.Sample, Context.Time.GetUtcNow());
                Publish();
                break;
            case MasterMessage.ConnectionLost lost when _registry.Find(lost.Link) is RegisteredWorker worker:
                OnLost(worker);
                break;
            case MasterMessage.Submit submit:
                Submit(submit);
                break;
            case MasterMessage.RequestSlots request when Find(request.Job) is RunningJob job:
                Allocate(job, request.Demand);
                break;
            case MasterMessage.SlotsAdopted adopted when Find(adopted.Job) is RunningJob job:
                Adopt(job, adopted.Slots);
                break;
            case MasterMessage.HoldSlots hold when Find(hold.Job) is RunningJob job:
                Hold(job, hold.Count);
                break;
            case MasterMessage.SpreadSlots spread when Find(spread.Job) is RunningJob job:
                Spread(job);
                break;
            case MasterMessage.JobRuns runs when Find(runs.Job) is RunningJob job:
                job.Plan = runs.Plan;
                Prepare(job, _registry.Workers);
                break;
            case MasterMessage.SlotRequestTimedOut late
                when _requests.Find(late.Job, late.Request) is { } request && Find(late.Job) is RunningJob job:
                _requests.Remove(late.Job);
                AllocateAtOnce(job, request.Demand);
                ServeRequests();
                break;
            case MasterMessage.FewerSlotsDue due when _requests.Find(due.Job, due.Request) is { } request:
                request.Demand = request.Demand with { TakesFewerAtOnce = true };
                ServeRequests();
                break;
            case MasterMessage.ReturnSlots returned:
                Free(returned);
                break;
            case MasterMessage.JobEnded ended:
                Forget(ended);
                break;
            case MasterMessage.JobForgotten forgotten:
                OnForgotten(forgotten);
                break;
            case MasterMessage.Abandon:
                _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.Abandon()));
                Context.Stop();
                break;
            case MasterMessage.AwaitWorkers wait:
                _waiting.Add(wait);
                AnswerWaiting();
                break;
            case MasterMessage.Stop:
                _stopping = true;
                _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.Cancel()));
                StopWhenIdle();
                break;
        }
    }

    protected override void OnStart()
    {
        Record(ClusterEventKind.Leading, $"A coordinator leads with {epoch}");
        Publish();
    }

    protected override void OnDropped(in MasterMessage message)
    {
        switch (message)
        {
            case MasterMessage.Submit submit:
                submit.Accepted.TrySetException(Gone());
                break;
            case MasterMessage.AwaitWorkers wait:
                wait.Reached.TrySetException(Gone());
                break;
            case MasterMessage.JobEnded ended:
                ended.Job.Complete(ended.Failure);
                break;
            case MasterMessage.JobForgotten forgotten:
                forgotten.Ended.Job.Complete(forgotten.Ended.Failure);
                break;
        }
    }

    protected override void OnStop() => _waiting.ForEach(wait => wait.Reached.TrySetException(Gone()));

    // Without the cluster's master no job hears from its workers: all jobs fail, and their callers learn why.
    protected override void OnFault(Exception exception)
    {
        Log.ClusterMasterFailed(_log, exception);
        DefectException defect = new("The master of the cluster", exception);
        _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.Abort(defect)));
        Context.Stop();
    }

    private static ObjectDisposedException Gone() => new(nameof(CoordinatorNode));

    private RunningJob? Find(JobId id) => _jobs.Find(job => job.Handle.Id == id);

    // A job that is ending makes room for another one of its name.
    private RunningJob? FindByName(string name) => _jobs.Find(job => job.Handle.Name == name && !JobLifeCycle.IsEnding(job.Handle.Status));

    private void Publish() => publish(new PublishedCluster(
        [.. _registry.Workers.Select(worker => new PublishedWorker(worker.Id, worker.Address, [.. worker.Holders])
        {
            HttpAddress = worker.HttpAddress,
            RegisteredAt = worker.RegisteredAt,
            Process = worker is { Process: { } sample, ReportedAt: { } at } ? (sample, at) : null,
        })],
        [.. _jobs.Select(job => job.Handle)])
    {
        Events = _events,
        EndedJobs = _ended,
        Ended = _endedByStatus,
    });

    private void Record(ClusterEventKind kind, string text)
    {
        _events = _events.Insert(0, new ClusterEvent(kind, Context.Time.GetUtcNow(), text));
        _events = _events.Count > ClusterEvent.MaxKept ? _events.RemoveAt(_events.Count - 1) : _events;
    }

    private void Register(ILink<WorkerMessage> link, RegisterWorker registration)
    {
        if (registration.Slots < 1 || _registry.Find(link) is not null)
        {
            Log.RegistrationRefused(_log, registration.Worker, registration.Slots);
            link.Close();
            return;
        }

        if (_registry.Find(registration.Worker) is RegisteredWorker before)
        {
            // The worker is back before its old connection was noticed to be gone, or another worker has the same name.
            Log.WorkerReplaced(_log, registration.Worker);
            Remove(before);
            before.Link.Close();
        }

        RegisteredWorker worker = new(registration.Worker, link, registration.Slots, registration.Address)
        {
            HttpAddress = registration.HttpAddress,
            RegisteredAt = Context.Time.GetUtcNow(),
        };
        _registry.Add(worker);
        link.Send(new WorkerRegistered(epoch));
        foreach (HeldTasks held in registration.Held)
        {
            Offer(worker, held);
        }

        Log.WorkerRegistered(_log, registration.Worker, registration.Slots);
        Record(ClusterEventKind.WorkerRegistered, $"Worker {registration.Worker} has registered, slots: {registration.Slots}");
        Publish();
        AnswerWaiting();
        ServeRequests();
        _jobs.ForEach(job => Prepare(job, [worker]));
        _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.WorkerJoined()));
    }

    // A worker that has loaded the job and compiled its code takes over tasks in a fraction of the time. Those of one process have it already.
    private static void Prepare(RunningJob job, IReadOnlyList<RegisteredWorker> workers)
    {
        if (job.Plan is not { } plan)
        {
            return;
        }

        foreach (RegisteredWorker worker in workers)
        {
            if (worker.Address is not null && !worker.IsLeaving && !worker.Holders.Contains(job.Handle.Id))
            {
                if (!job.Prepared.Contains(worker))
                {
                    job.Prepared.Add(worker);
                }

                worker.Link.Send(new PrepareJob(job.Handle.Id, plan));
            }
        }
    }

    private void OnLeaving(RegisteredWorker worker)
    {
        if (!worker.IsLeaving)
        {
            worker.IsLeaving = true;
            Log.WorkerLeaves(_log, worker.Id);
            Record(ClusterEventKind.WorkerLeaves, $"Worker {worker.Id} leaves, its tasks move");
            _jobs.ForEach(job => job.Master.Tell(new JobMasterMessage.WorkerLeaves(worker.Id)));
            AnnounceFreeSlots();
        }
    }

    private void OnLost(RegisteredWorker worker)
    {
        if (_stopping || worker.IsLeaving)
        {
            Log.WorkerLeft(_log, worker.Id);
            Record(ClusterEventKind.WorkerLeft, $"Worker {worker.Id} has left");
        }
        else
        {
            Log.WorkerLost(_log, worker.Id);
            Record(ClusterEventKind.WorkerLost, $"Worker {worker.Id} is lost");
        }

        Remove(worker);
    }

    private void Remove(RegisteredWorker worker)
    {
        _registry.Remove(worker);
        foreach (RunningJob job in _jobs)
        {
            job.Prepared.Remove(worker);
            job.Master.Tell(new JobMasterMessage.WorkerLost(worker.Id));
        }

        Publish();
        AnnounceFreeSlots();
    }

    private void Submit(MasterMessage.Submit submit)
    {
        if (_stopping)
        {
            submit.Accepted.TrySetException(Gone());
            return;
        }

        if (submit.Existing is { } existing && FindByName(submit.Submission.Name!) is RunningJob same)
        {
            existing.TrySetResult(same.Handle);
            return;
        }

        RegisteredJob registered = submit.Recovered
            ?? new RegisteredJob(new JobId(Context.Executor.NewId()), submit.Submission, Context.Time.GetUtcNow(), Recoveries: 0);
        JobHandle handle = new(registered, Context.Time);
        JobMaster master = new(handle, submit, registered, Context, services, _jobLog);
        ActorRef<JobMasterMessage> job = Context.Executor.Start($"job {handle.Id}", master);
        handle.Attach(message => job.Tell(message));
        _jobs.Add(new RunningJob(handle, job) { AwaitsTasks = submit.Recovered is not null });
        Publish();
    }

    // The registry forgets the job first: it must not be resumed after its end has been reported.
    private void Forget(MasterMessage.JobEnded ended)
    {
        if (services.Registry is not { } registry)
        {
            End(ended);
            return;
        }

        Context.Start(
            cancellationToken => registry.RemoveAsync(ended.Job.Id, cancellationToken), problem => new MasterMessage.JobForgotten(ended, problem));
    }

    private void OnForgotten(MasterMessage.JobForgotten forgotten)
    {
        if (forgotten.Problem is { } problem)
        {
            Log.NotForgotten(_log, forgotten.Ended.Job.Name, forgotten.Ended.Job.Id, problem.Message);
        }

        End(forgotten.Ended);
    }

    private void End(MasterMessage.JobEnded ended)
    {
        _registry.FreeAllOf(ended.Job.Id);
        _requests.Remove(ended.Job.Id);
        foreach (RegisteredWorker worker in Find(ended.Job.Id)?.Prepared ?? [])
        {
            worker.Link.Send(new ReleaseJob(ended.Job.Id));
        }

        _jobs.RemoveAll(job => job.Handle == ended.Job);
        if (ended.Job.Accepted.IsCompletedSuccessfully)
        {
            _ended = _ended.Insert(0, ended.Job);
            _ended = _ended.Count > ClusterOverview.MaxEndedJobs ? _ended.RemoveAt(_ended.Count - 1) : _ended;
            _endedByStatus = _endedByStatus.SetItem(ended.Job.Status, _endedByStatus.GetValueOrDefault(ended.Job.Status) + 1);
        }

        Publish();
        ended.Job.Complete(ended.Failure);
        ServeRequests();
        StopWhenIdle();
    }

    private void AnswerWaiting()
    {
        foreach (MasterMessage.AwaitWorkers wait in _waiting.FindAll(wait => wait.Count <= _registry.Workers.Count))
        {
            wait.Reached.TrySetResult();
            _waiting.Remove(wait);
        }
    }

    private void StopWhenIdle()
    {
        if (_stopping && _jobs.Count == 0)
        {
            Context.Stop();
        }
    }
}

/// <summary>A job that has not ended.</summary>
/// <param name="Handle">What callers see of it.</param>
/// <param name="Master">Its master.</param>
internal sealed record RunningJob(JobHandle Handle, ActorRef<JobMasterMessage> Master)
{
    /// <summary>Whether workers may hold tasks of it that it takes over.</summary>
    public bool AwaitsTasks { get; set; }

    /// <summary>What workers load that may have to run its tasks; null before these run for the first time.</summary>
    public JobPlan? Plan { get; set; }

    /// <summary>The workers that were told to load it.</summary>
    public List<RegisteredWorker> Prepared { get; } = [];
}
