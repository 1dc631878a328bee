using QueryStream.Coordinator;
using QueryStream.Core.Identity;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation;

/// <summary>Kills the coordinator. The next one takes the job over from it.</summary>
internal sealed partial class Simulation
{
    // The job of a coordinator that has died, until the next one runs it; null: none has.
    private JobId? _takenOver;

    private bool CanKillCoordinator => _process?.Handle is { Completion.IsCompleted: false };

    private void KillCoordinator(TimeSpan lasts)
    {
        SimulatedProcess process = _process!;
        _takenOver = process.Handle!.Id;
        _savepoint = null;
        _report.Checkpoints += process.Handle.Checkpoints.Completed;
        _report.Requested += process.Handle.Checkpoints.Requested;
        process.KillCoordinator();
        At(lasts, () =>
        {
            if (_process == process)
            {
                _world.Trace?.Invoke($"{Now:mm:ss.fff} the next coordinator starts");
                process.Cluster.StartCoordinator();
                Submitted(null);
            }
        });
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

        if (_world.Log.FailedJobs > _failedJobs)
        {
            // Whoever starts the process tries again.
            Crash(RestartDelay());
        }
        else if (process.Cluster.Coordinator.Find(job) is { Status: not JobStatus.Initializing } handle)
        {
            _takenOver = null;
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
