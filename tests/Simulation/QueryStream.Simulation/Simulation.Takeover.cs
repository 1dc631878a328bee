using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation;

/// <summary>Kills the coordinator. The next one takes the job over from it.</summary>
internal sealed partial class Simulation
{
    // For how long a worker stays with a coordinator that does not lead any more, in milliseconds.
    private const int MaxUnnoticed = 1_500;

    // The job of a coordinator that has died, until the next one runs it; null: none has.
    private JobId? _takenOver;

    // The job as the coordinator before the present one shows it; null: there was none in this process.
    private JobHandle? _former;

    private bool CanKillCoordinator => _process?.Handle is { Completion.IsCompleted: false };

    private void KillCoordinator(TimeSpan lasts)
    {
        SimulatedProcess process = LoseLeader();
        process.KillCoordinator();
        At(lasts, () =>
        {
            if (_process == process)
            {
                _world.Trace?.Invoke($"{Now:mm:ss.fff} the next coordinator starts");
                process.Cluster.StartCoordinator();
            }
        });
    }

    // The coordinator is cut off from the others, and not from its workers and storages. Each worker notices at another time who leads.
    private void DeposeCoordinator(TimeSpan lasts)
    {
        SimulatedProcess process = LoseLeader();
        process.DeposeCoordinator();
        Epoch? epoch = process.Cluster.Epoch;
        foreach (string worker in process.Cluster.Workers)
        {
            At(TimeSpan.FromTicks(_random.Next(MaxUnnoticed) * TimeSpan.TicksPerMillisecond), () =>
            {
                if (_process == process && process.Cluster.Epoch == epoch)
                {
                    process.Cluster.Connect(worker);
                }
            });
        }

        At(lasts, () =>
        {
            if (_process == process && process.Cluster.Epoch == epoch)
            {
                process.KillDeposed();
            }
        });
    }

    private SimulatedProcess LoseLeader()
    {
        SimulatedProcess process = _process!;
        JobHandle job = process.Handle!;
        (_former, _takenOver) = (job, job.Id);
        _savepoint = null;
        _report.Checkpoints += job.Checkpoints.Completed;
        _report.Requested += job.Checkpoints.Requested;

        // It may have given the job up, and marked that.
        int givenUp = _givenUpJobs;
        Submitted(null);
        _givenUpJobs = givenUp;
        return process;
    }

    // A commit of a manifest has set it off.
    private void ChangeLeader(FaultKind kind)
    {
        if (CanKillCoordinator)
        {
            OnHappened(kind);
            if (kind == FaultKind.SplitLeadership)
            {
                DeposeCoordinator(RestartDelay());
            }
            else
            {
                KillCoordinator(RestartDelay());
            }
        }
    }

    private void KillCoordinatorWhileDraining()
    {
        if (CanKillCoordinator)
        {
            Begin(new PlannedFault(default, FaultKind.CoordinatorCrash, RestartDelay()));
        }
    }

    private void ObserveTakeover(SimulatedProcess process, JobId job)
    {
        if (process.Cluster.Epoch is null)
        {
            return;
        }

        if (process.Cluster.Recoveries.Any(recovery => recovery.IsFaulted || recovery.IsCanceled))
        {
            // Whoever starts the process tries again.
            Crash(RestartDelay());
        }
        else if (process.Cluster.Coordinator.Find(job) is { Status: not JobStatus.Initializing } handle)
        {
            _takenOver = null;
            ObserveFormer();
            process.Accepted(handle);
            if (_stop is { CompletePath: null } stop)
            {
                // Nobody answers the request any more, but the job shows the savepoint if it stops with it. Otherwise it goes on.
                stop.CompletePath = handle.Checkpoints.LastSavepoint?.Path;
                _stop = stop.CompletePath is null ? null : stop;
            }
        }
    }
}
