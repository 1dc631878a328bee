using QueryStream.Coordinator;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Simulation.Oracles;
using QueryStream.Simulation.Reports;
using QueryStream.TestKit;

namespace QueryStream.Simulation;

/// <summary>
/// One seed: a job that is drawn at random runs on a cluster in one process after the other, while its input arrives and faults happen; then all is
/// healed, the job comes to its end, and its output is compared with the oracle's.
/// </summary>
internal sealed partial class Simulation
{
    private const int MinEvents = 1_000;
    private const int MinOperators = 3;
    private const int MinFaults = 3;
    private const long MaxSteps = 3_000_000;

    // Longer than all delays of a restart together, after all is healed.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly World _world;
    private readonly SeededRandom _random;
    private readonly SeedReport _report;
    private readonly PriorityQueue<Action, (DateTimeOffset At, int Order)> _agenda = new();
    private SimulatedProcess? _process;
    private Task<JobHandle>? _submission;
    private int _processes;
    private int _entries;
    private long _steps;
    private ulong _traces;
    private int _seenRestarts;
    private int _failedJobs;

    private Simulation(ulong seed, Mutation mutation, Action<string>? trace, bool isCalm)
    {
        SimulationPlan plan = SimulationPlan.Draw(seed, isCalm);
        _world = new World(plan, mutation, trace);
        _random = new SeededRandom(seed ^ 0xD21E);
        _moves = new SeededRandom(seed ^ 0x30FE);
        _report = new SeedReport(seed) { Plan = plan.ToString(), Events = plan.Events };
        _world.Faults.Happened = OnHappened;
        trace?.Invoke(_report.Plan);
    }

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    private bool IsEasy => _report.Restores == 0 || _report.Faults.Values.Sum() < MinFaults;

    private bool IsOver => _process?.Handle?.Completion.IsCompleted == true || _hasEndedUnseen;

    /// <summary>Runs a seed. What is wrong is in the report.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="mutation">A defect to put in.</param>
    /// <param name="trace">Receives each message and each log line; null: nobody does.</param>
    /// <param name="isCalm">Without faults and checkpoints.</param>
    public static async Task<SeedReport> RunAsync(
        ulong seed, Mutation mutation = Mutation.None, Action<string>? trace = null, bool isCalm = false)
    {
        Simulation simulation = new(seed, mutation, trace, isCalm);
        try
        {
            await simulation.RunAsync();
        }
        catch (Exception e)
        {
            simulation._report.Failure = trace is null ? $"{e.GetType().Name}: {e.Message}" : e.ToString();
        }

        simulation.EndProcess();
        simulation._report.Trace = simulation._traces;
        simulation._report.Steps = simulation._steps;
        simulation._report.RegionRestarts = simulation._world.Log.RegionRestarts;
        simulation._report.Adoptions = simulation._world.Log.Adoptions;
        simulation._report.Rescales = simulation._world.Log.Rescales;
        simulation._report.LiveMoves = simulation._world.Log.LiveMoves;
        simulation._report.OtherMoves = simulation._world.Log.OtherMoves;
        return simulation._report;
    }

    private async Task RunAsync()
    {
        _world.Faults.HoldsInput = _world.Plan is { Ending: Ending.Bounded, IsCalm: false };
        StartProcess();
        ScheduleInput();
        if (!_world.Plan.IsCalm)
        {
            bool hasTransactions = _world.Plan.Branches.Any(branch => branch.Sink == SinkKind.ExactlyOnce);
            foreach (PlannedFault fault in FaultSchedule.Draw(_random, _world.Plan.Duration, hasTransactions, _world.Plan.StoresInRedis))
            {
                At(fault.At, () => Begin(fault));
            }

            foreach ((TimeSpan at, bool stops) in _world.Plan.Savepoints)
            {
                At(at, () => TakeSavepoint(stops));
            }

            foreach ((TimeSpan at, int parallelism) in _world.Plan.Rescales)
            {
                At(at, () => Rescale(parallelism));
            }

            ScheduleMoves();
        }

        while (!IsOver && _agenda.TryPeek(out _, out (DateTimeOffset At, int Order) next))
        {
            await RunUntilAsync(next.At);
        }

        await FinishAsync();
        await RequireSoundSavepointsAsync();
        Check();
    }

    private void At(TimeSpan delay, Action action)
    {
        _entries++;
        _agenda.Enqueue(action, (Now + delay, _entries));
    }

    private void ScheduleInput()
    {
        if (_world.Plan.Ending == Ending.Bounded)
        {
            Feed(int.MaxValue);
            return;
        }

        const int Portions = 40;
        for (int i = 0; i < Portions; i++)
        {
            At(TimeSpan.FromTicks((long)(_random.NextDouble() * _world.Plan.Duration.Ticks)), () => Feed(1 + _random.Next(60)));
        }

        At(_world.Plan.Duration, () => Feed(int.MaxValue));
    }

    private void Feed(int rows)
    {
        foreach (InputFeed feed in _world.Feeds)
        {
            feed.Write(rows);
        }
    }

    private void StartProcess()
    {
        _process = new SimulatedProcess(_world, _processes++);
        _leaving.Clear();
        _world.Trace?.Invoke(
            $"{Now:mm:ss.fff} process {_processes} starts, parallelism {_process.Parallelism}, workers {_process.Cluster.Workers.Count}");
        Submitted(_process.SubmitAsync(_restoreFrom));
    }

    private void EndProcess()
    {
        if (_process is { } process)
        {
            process.Kill();
            _traces = StableHash.Combine(_traces, process.Cluster.Trace);
            _process = null;
            _submission = null;
            _takenOver = null;
        }
    }

    // Runs until a time, or until the job has ended, and does what is due meanwhile.
    private async Task RunUntilAsync(DateTimeOffset time)
    {
        while (!IsOver && _agenda.TryPeek(out Action? action, out (DateTimeOffset At, int Order) next) && next.At <= time)
        {
            await RunProcessUntilAsync(next.At);
            if (next.At <= Now && _agenda.TryPeek(out _, out (DateTimeOffset At, int Order) first) && first == next)
            {
                _agenda.Dequeue();
                action();
            }
        }

        await RunProcessUntilAsync(time);
    }

    private async Task RunProcessUntilAsync(DateTimeOffset time)
    {
        while (Now < time && !IsOver)
        {
            if (_process is null)
            {
                _world.Clock.AdvanceTo(time);
                return;
            }

            bool goesOn = _process.Executor.RunOneUntil(time);
            if (++_steps > MaxSteps)
            {
                throw new SimulationException($"The job is stuck after {MaxSteps} steps: {Describe()}");
            }

            if (_world.Files.HasCrashed || _world.Faults.Crashes)
            {
                Crash(RestartDelay());
                return;
            }

            if (_world.Faults.ToCoordinator is { } kind)
            {
                _world.Faults.ToCoordinator = null;
                ChangeLeader(kind);
            }

            await ObserveAsync(_process);
            if (!goesOn || _process is null)
            {
                return;
            }
        }
    }

    // Notes what has happened to the job.
    private async Task ObserveAsync(SimulatedProcess process)
    {
        if (process.Handle is null && _takenOver is { } job)
        {
            ObserveTakeover(process, job);
            return;
        }

        if (process.Handle is null)
        {
            if (_world.Log.FailedJobs > _failedJobs || (process.Executor.DueCount == 0 && process.HasSlots))
            {
                // All turns have run, so it is answered; the task completes on another thread.
                if (await AnswerOfAsync(_submission!) is { } accepted)
                {
                    process.Accepted(accepted);
                }
                else
                {
                    // Whoever starts the process tries again.
                    Crash(RestartDelay());
                }
            }

            return;
        }

        JobHandle handle = process.Handle;
        if (handle.Restarts != _seenRestarts)
        {
            _seenRestarts = handle.Restarts;
            _isRestored = false;
        }

        if (_world.Faults.HoldsInput && !IsEasy)
        {
            _world.Faults.HoldsInput = false;
            process.Kafka.WakeAll();
        }

        if (_world.Faults.HoldsInput
            && handle.Status == JobStatus.Running && (_report.Restores > 0 || handle.Checkpoints.LastCompleted is not null))
        {
            // The job may end before a fault does this.
            Begin(new PlannedFault(default, FaultKind.ProcessCrash, default));
            return;
        }

        if (!_isRestored && handle is { Status: JobStatus.Running or JobStatus.Finished } && handle.Checkpoints.RestoredFrom is not null)
        {
            _isRestored = true;
            _report.Restores++;
        }

        await ObserveRescaleAsync();
        await ObserveSavepointsAsync(process, handle);
    }

    // Null if the storage of checkpoints could not be used, or no worker was connected.
    private static async Task<JobHandle?> AnswerOfAsync(Task<JobHandle> submission)
    {
        try
        {
            await Wait.ForAsync("the answer to the submission", submission);
            return await submission;
        }
        catch (QueryStreamException e) when (e is CheckpointStorageException or NotEnoughSlotsException)
        {
            return null;
        }
    }

    private string Describe()
    {
        JobHandle? handle = _process?.Handle;
        return handle is null
            ? $"process {_processes} has no job"
            : $"{handle.Status}, {handle.Restarts} restarts of {_processes} processes, the last one: {handle.RestartCause?.Message}; "
            + $"checkpoints: {handle.Checkpoints.Completed} completed, {handle.Checkpoints.Failed} failed, the last one: "
            + $"{handle.Checkpoints.LastFailed?.Failure}; tasks: "
            + string.Join(", ", handle.Tasks.GroupBy(task => task.State).Select(state => $"{state.Count()} {state.Key}"));
    }

    private void Check()
    {
        foreach (PlannedBranch branch in _world.Plan.Branches)
        {
            if (OutputCheck.Compare(_world.Plan, branch, _world.Outputs.Read(branch)) is { } difference)
            {
                throw new SimulationException($"{branch.Prefix} {branch.Branch.Name} to {branch.Sink}: {difference}");
            }
        }

        if (_world.Log.Defects.Count > 0)
        {
            throw new SimulationException(_world.Log.Defects[0]);
        }

        Require(_report.Events >= MinEvents, $"{_report.Events} events");
        Require(_report.Operators >= MinOperators, $"{_report.Operators} operators");
        Require(_world.Plan.IsCalm || _report.Faults.Values.Sum() >= MinFaults, $"{_report.Faults.Values.Sum()} faults");
        Require(_world.Plan.IsCalm || _report.Restores > 0, "no restore");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationException($"The seed is too easy: {what}.");
        }
    }
}
