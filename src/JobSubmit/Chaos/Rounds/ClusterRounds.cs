using System.Globalization;
using QueryStream.Blobs.Bundles;
using QueryStream.JobSubmit.Chaos.Processes;
using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Commands;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>Runs the job on a cluster of its own, whose workers and coordinators are killed and frozen.</summary>
internal sealed class ClusterRounds : IRounds
{
    private const string NoLeader = "a coordinator that leads, and knows the job";

    // Longer than a cluster waits for any process.
    private static readonly TimeSpan PauseTime = TimeSpan.FromSeconds(8);

    // Longer than any single attempt to reach what is away.
    private static readonly TimeSpan OutageTime = TimeSpan.FromSeconds(5);

    // A checkpoint is taken far more often.
    private static readonly TimeSpan CheckpointLimit = TimeSpan.FromSeconds(5);

    // After that, what is not in the topic never will be.
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(15);

    // Several checkpoints: an event waits for one.
    private static readonly TimeSpan CaughtUp = TimeSpan.FromSeconds(1);

    private const int MaxCatchUps = 10;

    private readonly RunContext _run;
    private readonly ClusterProcesses _cluster;
    private readonly FaultPlan _plan;
    private readonly Outages _outages;
    private string? _job;
    private string _missing = NoLeader;

    /// <param name="run">The run. Its folder exists.</param>
    public ClusterRounds(RunContext run)
    {
        _run = run;
        _cluster = new ClusterProcesses(run.Request, run.Time, run.Stop);
        _outages = new Outages(run.Request.Outages, run.Time);
        _plan = new FaultPlan(run.Request.Faults, ~run.Request.Seed);
    }

    /// <inheritdoc/>
    public TimeSpan Baseline => TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public long Checkpoints => _cluster.Coordinators.Sum(process => process.Log.Checkpoints);

    /// <inheritdoc/>
    public long Restores { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => [.. _cluster.All.SelectMany(process => process.Ends)];

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        ClusterState state = await SettleAsync("a cluster with all of its processes", static _ => { });
        _job = await SubmitAsync(state.Leader.Client);
        (Task<long> topic, Task<long> redis) = _run.Watch.Begin();
        await WaitAsync(topic, "records in the topic");
        await WaitAsync(redis, "counts in Redis");
        await CatchUpAsync();
    }

    /// <inheritdoc/>
    public async Task<RoundOutcome> RunAsync(RoundMeasures measures)
    {
        PlannedRound plan = _plan.Next();
        await _run.DelayAsync(plan.Delay);
        ClusterState state = await SettleAsync("a cluster that is whole", static _ => { });
        FaultMoment moment = plan.InCheckpoint && await InCheckpointAsync(state.Leader.Client) ? FaultMoment.Checkpoint : FaultMoment.Running;
        RecoveryLog recoveries = new();
        measures.Begin();
        List<Fault> faults = [];
        List<Task> resumed = [];
        await InjectAsync(plan.First, moment, state);
        if (plan.Second is { } second)
        {
            await _run.DelayAsync(plan.SecondAfter);
            await InjectAsync(second, FaultMoment.Recovery, await ClusterState.LookAsync(_cluster, _job));
        }

        await SettleAsync("a job that has recovered", recoveries.Add);
        await Task.WhenAll(resumed);
        (Task<long> topic, Task<long> redis) = _run.Watch.Begin();
        await WaitAsync(topic, "new records in the topic");
        await WaitAsync(redis, "new counts in Redis");
        await CatchUpAsync();

        // A leader that wakes says for a moment that all is well, before it learns that the others have declared it dead.
        await SettleAsync("a job that has recovered", recoveries.Add);
        measures.End(recoveries.RunsAgain);
        Restores += recoveries.Restores;
        return new RoundOutcome(faults, recoveries.Recoveries);

        async Task InjectAsync(PlannedFault fault, FaultMoment when, ClusterState? seen)
        {
            if (fault.Kind == FaultKind.Outage)
            {
                if (_outages.Choose(fault.Choice) is { } script)
                {
                    Begin(script.Name);
                    await _outages.BeginAsync(script, _run.Stop);
                    resumed.Add(GiveBackAsync(script));
                }
            }
            else if (ChooseVictim(fault, seen) is { } victim)
            {
                Begin(victim.Name);
                if (FaultKinds.IsKill(fault.Kind))
                {
                    await victim.KillAsync();
                }
                else
                {
                    victim.Pause();
                    resumed.Add(ResumeAsync(victim));
                }
            }

            void Begin(string name)
            {
                faults.Add(new Fault(fault.Kind, when, name));
                recoveries.Begin(_run.Time.GetUtcNow());
            }
        }
    }

    /// <inheritdoc/>
    public async Task FinishAsync()
    {
        await _run.UntilAsync("the last events in the topic", Tail, () =>
        {
            (long events, _, long lastAt) = _run.Watch.InTopic;
            return Task.FromResult(events == _run.Events.Count || _run.Time.GetElapsedTime(lastAt) > QuietLimit);
        });
        ClusterState state = await SettleAsync("a cluster that is whole", static _ => { });
        ClusterClient client = state.Leader.Client;
        string savepoints = Path.Combine(_run.Request.Folder, "savepoints");
        string trigger = await client.StopAsync(_job!, new StopRequest { TargetDirectory = $"file://{savepoints}", Drain = true }, _run.Stop);
        await WaitAsync(RemoteJob.SavepointAsync(client, _job!, trigger, _run.Time, _run.Stop), "the savepoint with which the job stops");
        Task<JobDetailsResponse> end = RemoteJob.EndAsync(client, _job!, _run.Time, _run.Stop);
        await WaitAsync(end, "the end of the job");
        if ((await end).State != "FINISHED")
        {
            throw Ended(await end);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _outages.DisposeAsync();
        }
        finally
        {
            await _cluster.DisposeAsync();
        }
    }

    private async Task<string> SubmitAsync(ClusterClient client)
    {
        Type job = RunCommand.Find(ChaosRequest.Job).Create().GetType();
        Dictionary<string, string> settings = new(_run.Request.JobSettings)
        {
            ["kafka"] = _run.Request.Kafka,
            ["redis"] = _run.Request.Redis.ToString(),
        };
        LocalBundle bundle = await LocalBundle.CollectAsync(job.Assembly.Location, _run.Stop);
        await client.SendAsync(bundle, _run.Stop);
        SubmitResponse answer = await client.SubmitAsync(
            new SubmitRequest
            {
                Bundle = bundle.Bundle.Hash.ToString(),
                EntryClass = job.FullName,
                Settings = settings,
                Parallelism = _run.Request.ClusterParallelism,
                FlinkConfiguration = _run.Request.JobEngine,
            },
            _run.Stop);
        return answer.JobId;
    }

    // Waits until all processes are members and the job runs.
    private async Task<ClusterState> SettleAsync(string what, Action<IReadOnlyList<JobEventDetails>> onEvents)
    {
        ClusterState? settled = null;
        await _run.UntilAsync(what, Tail, async () =>
        {
            if (_job is null && Remarks is [{ } ended, ..])
            {
                throw new ChaosException(ended, Tail());
            }

            if (await ClusterState.LookAsync(_cluster, _job) is not { } state)
            {
                _missing = NoLeader;
                return false;
            }

            if (state.Job is { } job && RemoteJob.HasEnded(job.State))
            {
                throw Ended(job);
            }

            onEvents(state.Events);
            _missing = state.Missing(_cluster) ?? "";
            settled = state;
            return _missing.Length == 0;
        });
        return settled!;
    }

    // Waits until what is produced arrives soon: otherwise the latencies after a fault would be those of the time in it. What is lost never comes,
    // and is for the comparison to tell; so is a rate that is too high for the machine for the report.
    private async Task CatchUpAsync()
    {
        for (int i = 0; i < MaxCatchUps; i++)
        {
            long produced = _run.Events.Count;
            long startedAt = _run.Time.GetTimestamp();
            await _run.UntilAsync(
                FormattableString.Invariant($"the first {produced} events in the topic"),
                Tail,
                () => Task.FromResult(_run.Watch.InTopic is var (events, complete, _)
                    && (complete >= produced || (events >= produced && _run.Time.GetElapsedTime(startedAt) > QuietLimit))));
            if (_run.Time.GetElapsedTime(startedAt) < CaughtUp)
            {
                return;
            }
        }
    }

    private async Task<bool> InCheckpointAsync(ClusterClient client)
    {
        long startedAt = _run.Time.GetTimestamp();
        while (_run.Time.GetElapsedTime(startedAt) < CheckpointLimit)
        {
            if (await _cluster.TryAskAsync(client, (asked, stop) => asked.CheckpointsAsync(_job!, stop)) is { Counts.InProgress: > 0 })
            {
                return true;
            }
        }

        return false;
    }

    // Null: all that could be chosen have just ended, in a recovery.
    private SupervisedProcess? ChooseVictim(PlannedFault fault, ClusterState? state)
    {
        bool isOfLeader = FaultKinds.IsOfLeader(fault.Kind);
        SupervisedProcess[] running = [.. (isOfLeader ? _cluster.Coordinators : _cluster.Workers).Where(process => process.IsRunning)];

        // A worker without tasks would not be missed.
        SupervisedProcess[] wanted =
        [
            .. running.Where(process => isOfLeader
                ? state?.Leader.Process == process
                : state?.Workers.Any(worker => worker.Id == process.Name && worker.Use.Tasks > 0) == true),
        ];
        SupervisedProcess[] some = wanted.Length > 0 ? wanted : running;
        return some.Length > 0 ? some[fault.Choice % some.Length] : null;
    }

    private async Task ResumeAsync(SupervisedProcess process)
    {
        await _run.DelayAsync(PauseTime);
        process.Resume();
    }

    private async Task GiveBackAsync(OutageScript script)
    {
        await _run.DelayAsync(OutageTime);
        await _outages.EndAsync(script);
    }

    private Task WaitAsync(Task awaited, string what) => _run.WaitAsync(awaited, what, Tail);

    private ChaosException Ended(JobDetailsResponse job) => new(
        $"The job has ended although nobody has ended it: {job.State}{(job.Progress.Failure is { } failure ? $", {failure}" : "")}. "
        + $"The logs of the cluster are {_run.Request.LogPath}.",
        Tail());

    private string Tail() => string.Join(
        Environment.NewLine,
        _cluster.All.SelectMany(process => new[] { $"{process.Name}:", process.Log.Tail })
            .Prepend(_missing.Length == 0 ? "The cluster is whole." : string.Create(CultureInfo.InvariantCulture, $"Missing: {_missing}.")));
}
