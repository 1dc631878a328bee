using QueryStream.Core;
using QueryStream.JobSubmit.Chaos.Processes;
using QueryStream.JobSubmit.Chaos.Reports;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>Runs the job in a process of its own, which is killed and started again from the latest checkpoint.</summary>
internal sealed class LocalRounds : IRounds
{
    // The maximum time from the first output of a process to its kill: several checkpoints, so that kills hit every step of a checkpoint.
    private static readonly TimeSpan MaxRunAfterOutput = TimeSpan.FromSeconds(1);

    // In one of this many rounds, a process is killed while it recovers.
    private const int RoundsPerEarlyKill = 3;

    private const string ProcessName = "job";

    private readonly RunContext _run;
    private readonly ProcessLog _log;
    private readonly SeededRandom _random;
    private JobProcess? _process;
    private int _processes;
    private TimeSpan _recovery = MaxRunAfterOutput;

    /// <param name="run">The run. Its folder exists.</param>
    public LocalRounds(RunContext run)
    {
        _run = run;
        _log = new ProcessLog(run.Request.LogPath);
        _random = new SeededRandom(~run.Request.Seed);
    }

    /// <inheritdoc/>
    public TimeSpan Baseline => TimeSpan.Zero;

    /// <inheritdoc/>
    public long Checkpoints => _log.Checkpoints;

    /// <inheritdoc/>
    public long Restores => _log.Restores;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => [];

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        _ = await RecoverAsync(Start(isBounded: false));
    }

    /// <inheritdoc/>
    public async Task<RoundOutcome> RunAsync(RoundMeasures measures)
    {
        List<Fault> faults = [new(FaultKind.KillJob, FaultMoment.Running, ProcessName)];
        await _run.DelayAsync(RandomDelay(MaxRunAfterOutput));
        measures.Begin();
        long faultAt = _run.Time.GetTimestamp();
        await KillAsync();
        JobProcess process = Start(isBounded: false);
        if (_random.Next(RoundsPerEarlyKill) == 0)
        {
            faults.Add(new Fault(FaultKind.KillJob, FaultMoment.Recovery, ProcessName));
            await _run.DelayAsync(RandomDelay(_recovery));
            await KillAsync();
            process = Start(isBounded: false);
        }

        IReadOnlyList<Phase> phases = await RecoverAsync(process);
        _recovery = phases.Max(phase => phase.Duration);
        measures.End(_run.Time.GetElapsedTime(faultAt));
        return new RoundOutcome(faults, [phases]);
    }

    /// <inheritdoc/>
    public async Task FinishAsync()
    {
        await KillAsync();
        JobProcess process = Start(isBounded: true);
        await _run.WaitAsync(process.Exited, "the end of the job", () => _log.Tail);
        if (process.ExitCode != 0)
        {
            throw Died(process);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _log.Dispose();
    }

    private JobProcess Start(bool isBounded)
    {
        _log.Begin(FormattableString.Invariant($"process {++_processes} of job {ChaosRequest.Job}"));
        return _process = new JobProcess(_run.Request, isBounded, _log, _run.Time);
    }

    // Waits until the process has written something new to both outputs. Measured from its start.
    private async Task<IReadOnlyList<Phase>> RecoverAsync(JobProcess process)
    {
        long submitted = await WaitAsync(process.Submitted, "a submitted job");

        // Not earlier: output of the previous process may arrive after it was killed.
        (Task<long> topic, Task<long> redis) = _run.Watch.Begin();
        long inTopic = await WaitAsync(topic, "new records in the topic");
        long inRedis = await WaitAsync(redis, "new counts in Redis");
        return [PhaseOf("submitted", submitted), PhaseOf("kafka", inTopic), PhaseOf("redis", inRedis)];

        Phase PhaseOf(string name, long timestamp) => new(name, _run.Time.GetElapsedTime(process.StartedAt, timestamp));

        async Task<long> WaitAsync(Task<long> awaited, string what) =>
            await _run.WaitAsync(awaited, what, () => _log.Tail, process.Exited) ? await awaited : throw Died(process);
    }

    private async Task KillAsync()
    {
        JobProcess process = _process!;
        if (!await process.KillAsync())
        {
            throw Died(process);
        }

        await process.DisposeAsync();
    }

    private TimeSpan RandomDelay(TimeSpan limit) => TimeSpan.FromMilliseconds(_random.Next(Math.Max(1, (int)limit.TotalMilliseconds)));

    private ChaosException Died(JobProcess process) => new(
        FormattableString.Invariant(
            $"Process {_processes} of the job ended by itself, with exit code {process.ExitCode}. The log of the job is {_run.Request.LogPath}."),
        _log.Tail);
}
