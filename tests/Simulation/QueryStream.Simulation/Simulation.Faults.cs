using QueryStream.Simulation.Faults;
using QueryStream.Wire.Control;

namespace QueryStream.Simulation;

/// <summary>Lets faults happen.</summary>
internal sealed partial class Simulation
{
    private const int MaxClockJump = 120;

    // Longer than a transaction may be open.
    private static readonly TimeSpan LongOutage = TimeSpan.FromMinutes(2);

    // Long enough for a job to run without a worker, and to take a checkpoint.
    private static readonly TimeSpan CutOff = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan WhileDown = TimeSpan.FromTicks(500 * TimeSpan.TicksPerMillisecond);

    private void Begin(PlannedFault fault)
    {
        if (_process is null || (fault.Kind == FaultKind.CoordinatorCrash && !CanKillCoordinator))
        {
            // The machine is down already, or nobody leads: when that is over.
            At(WhileDown, () => Begin(fault));
            return;
        }

        Note(fault);
        ActiveFaults faults = _world.Faults;
        switch (fault.Kind)
        {
            case FaultKind.TaskCrash:
                faults.RowsUntilFailure = _random.Next(300);
                break;
            case FaultKind.ProcessCrash:
                Crash(RestartDelay());
                break;
            case FaultKind.CrashInStorage when _world.Plan.StoresInRedis:
                faults.CommandsUntilCrash = _random.Next(60);
                break;
            case FaultKind.CrashInStorage when _random.Next(3) == 0:
                faults.CrashesAtManifest = true;
                break;
            case FaultKind.CrashInStorage:
                _world.Files.CrashAt = _world.Files.Operations + _random.Next(60);
                break;
            case FaultKind.CrashInCheckpoint:
                faults.MessagesUntilCrash = _random.Next(40);
                break;
            case FaultKind.CrashInCommit:
                faults.CommitsUntilCrash = _random.Next(2);
                break;
            case FaultKind.LongOutage:
                Crash(LongOutage);
                break;
            case FaultKind.CoordinatorCrash:
                KillCoordinator(fault.Lasts);
                break;
            case FaultKind.CoordinatorCrashInCommit or FaultKind.SplitLeadership:
                faults.AtManifest = fault.Kind;
                break;
            default:
                Disturb(fault, faults);
                break;
        }
    }

    // Nothing dies of these by itself.
    private void Disturb(PlannedFault fault, ActiveFaults faults)
    {
        switch (fault.Kind)
        {
            case FaultKind.StorageFails:
                For(fault, isOn => faults.StorageFails = isOn);
                break;
            case FaultKind.StorageFull:
                For(fault, isOn => _world.CheckpointServer.IsFull = faults.StorageIsFull = isOn);
                break;
            case FaultKind.StorageSlow:
                For(fault, isOn => faults.StorageIsSlow = isOn);
                break;
            case FaultKind.LostCommit:
                faults.CommitsToLose += 1 + _random.Next(3);
                break;
            case FaultKind.LostAcknowledgement:
                faults.AcknowledgementsToLose += 1 + _random.Next(3);
                break;
            case FaultKind.DoubledAcknowledgement:
                faults.AcknowledgementsToDouble += 1 + _random.Next(20);
                break;
            case FaultKind.SourceDisconnect:
                For(fault, isOn => faults.SourceIsDown = isOn);
                break;
            case FaultKind.SinkOutage:
                For(fault, isOn => faults.SinkIsDown = isOn);
                break;
            case FaultKind.RedisOutage:
                For(fault, isOn => faults.RedisIsDown = isOn);
                break;
            case FaultKind.ClockJump:
                _process!.ClockOffset += TimeSpan.FromSeconds(_random.Next(2 * MaxClockJump) - MaxClockJump);
                break;
            case FaultKind.DataCut:
                CutData();
                break;
            case FaultKind.WorkerDisconnect:
                Disconnect(fault.Lasts);
                break;
        }
    }

    private void Note(PlannedFault fault)
    {
        if (fault.Kind is FaultKind.TaskCrash or FaultKind.CrashInStorage or FaultKind.CrashInCheckpoint or FaultKind.CrashInCommit
            or FaultKind.LostCommit or FaultKind.CoordinatorCrashInCommit or FaultKind.SplitLeadership)
        {
            // It counts when it happens.
            _world.Trace?.Invoke($"{Now:mm:ss.fff} prepared: {fault.Kind}");
        }
        else
        {
            _report.Count(fault.Kind);
            _world.Trace?.Invoke($"{Now:mm:ss.fff} fault: {fault.Kind} for {fault.Lasts.TotalMilliseconds} ms");
        }
    }

    private void OnHappened(FaultKind kind)
    {
        _report.Count(kind);
        _world.Trace?.Invoke($"{Now:mm:ss.fff} fault: {kind}");
    }

    private void For(PlannedFault fault, Action<bool> turn)
    {
        turn(true);
        At(fault.Lasts, () =>
        {
            turn(false);
            _process?.Kafka.WakeAll();
        });
    }

    private void CutData()
    {
        IReadOnlyList<string> workers = _process!.Cluster.Workers;
        if (workers.Count > 1)
        {
            _process.Cluster.CutData(workers[0], workers[1]);
        }
    }

    private void Disconnect(TimeSpan lasts)
    {
        SimulatedProcess process = _process!;
        IReadOnlyList<string> workers = process.Cluster.Workers;
        bool holdsTasks = _random.Next(2) == 0 && process.Handle is { Tasks: [{ Slot: { } slot }, ..] } && workers.Contains(slot.Worker.Name);
        string worker = holdsTasks ? process.Handle!.Tasks[0].Slot!.Value.Worker.Name : workers[_random.Next(workers.Count)];
        process.Cluster.Disconnect(worker);
        if (holdsTasks)
        {
            // It goes on with its tasks while the others take a checkpoint without it; then their coordinator dies.
            _world.Faults.AtManifest ??= FaultKind.CoordinatorCrashInCommit;
            lasts = CutOff;
        }

        At(lasts, () =>
        {
            if (_process == process)
            {
                process.Cluster.Connect(worker);
            }
        });
    }

    // The machine crashes; another process starts later with what was flushed.
    private void Crash(TimeSpan restartsAfter, bool mayBeOver = true)
    {
        _world.Trace?.Invoke($"{Now:mm:ss.fff} process {_processes} dies");
        if (_world.Files.HasCrashed)
        {
            OnHappened(FaultKind.CrashInStorage);
        }

        // Such a job has deleted its checkpoints, so nobody must start it again; only who has not seen its end would.
        _hasEndedUnseen = mayBeOver && _stop is null && _process?.Handle is { Tasks.Count: > 0 } handle
            && handle.Tasks.All(task => task.State == ExecutionState.Finished);
        EndProcess();
        _world.Faults.Restart();
        _world.Files.Restart();
        ForgetSavepoints();
        _rescale = null;
        At(restartsAfter, StartProcess);
    }

    private TimeSpan RestartDelay() => TimeSpan.FromTicks((100 + _random.Next(3_000)) * TimeSpan.TicksPerMillisecond);
}
