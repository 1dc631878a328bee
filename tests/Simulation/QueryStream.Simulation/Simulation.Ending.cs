using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Simulation.Reports;
using QueryStream.Simulation.Services;
using QueryStream.Streams;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;

namespace QueryStream.Simulation;

/// <summary>Brings a run to its end.</summary>
internal sealed partial class Simulation
{
    private static readonly TimeSpan Moment = TimeSpan.FromTicks(100 * TimeSpan.TicksPerMillisecond);

    // Longer than the timers of the clock that functions set.
    private static readonly TimeSpan ClockTimers = TimeSpan.FromSeconds(5);

    // Timers that were set while the clock was ahead.
    private static readonly TimeSpan AfterClockJump = TimeSpan.FromSeconds(2 * MaxClockJump);

    // Whether the process has died when all tasks had finished, before anybody was told.
    private bool _hasEndedUnseen;

    // Whether the running attempt was counted as restored.
    private bool _isRestored;

    private async Task FinishAsync()
    {
        Heal();
        await UntilAsync("a stop that is under way", () => IsOver || _stop is null);
        if (!_world.Plan.IsCalm && IsEasy)
        {
            await RestoreOnceAsync();
        }

        await (_world.Plan.Ending == Ending.Drain ? DrainAsync() : UntilAsync("the job to end", () => IsOver));
        SimulatedJob job = new(_world.Plan, _world.Outputs, new AsyncService(new ProcessTime(_world.Clock), _random), _world.Faults);
        _report.Operators = JobGraph.Create(StreamBuilder.Build(job, JobSettings.None), 1).Vertices.Sum(vertex => vertex.Nodes.Count);
        if (_hasEndedUnseen)
        {
            return;
        }

        JobHandle handle = _process!.Handle!;
        JobResult result = await handle.Completion;
        _report.Checkpoints += result.Checkpoints.Completed;
        _report.Requested += result.Checkpoints.Requested;
        if (result.Status != JobStatus.Finished)
        {
            throw new SimulationException($"The job has ended {result.Status}: {result.Failure?.Message}", result.Failure);
        }

        CheckNothingIsLeft();
    }

    private void Heal()
    {
        _isHealed = true;
        _world.CheckpointServer.IsFull = false;
        _world.Faults.Heal();
        _world.Files.CrashAt = null;
        _process?.Kafka.WakeAll();
    }

    // Every seed has a restore, and enough faults.
    private async Task RestoreOnceAsync()
    {
        while (!IsOver && IsEasy)
        {
            CheckpointInfo? last = _process?.Handle?.Checkpoints.LastCompleted;
            await UntilAsync(
                "a checkpoint", () => IsOver || (_process?.Handle?.Checkpoints.LastCompleted is { } completed && completed.Id != last?.Id));
            if (IsOver)
            {
                break;
            }

            int restores = _report.Restores;
            Begin(new PlannedFault(default, FaultKind.ProcessCrash, default));
            await UntilAsync("the job to run again", () => IsOver || _report.Restores > restores);
        }
    }

    private async Task DrainAsync()
    {
        while (!IsOver)
        {
            await UntilAsync("the input to be read", () => IsOver || IsInputRead());
            await RunUntilAsync(Now + (_report.Faults.ContainsKey(FaultKind.ClockJump) && _world.Plan.NeedsClock ? AfterClockJump : ClockTimers));
            if (IsOver)
            {
                return;
            }

            if (_process?.Handle is not { Status: JobStatus.Running } handle)
            {
                continue;
            }

            // Where it fails, the attempt does too. Where the job fails after it, somebody starts it from the savepoint.
            _stop = new StopRequest(handle.StopWithSavepointAsync(drain: true), StoredSavepoints()) { Drains = true };
            if (!_world.Plan.IsCalm && _random.Next(3) == 0)
            {
                At(TimeSpan.FromTicks(_random.Next(400) * TimeSpan.TicksPerMillisecond), KillCoordinatorWhileDraining);
            }

            await UntilAsync("the job to be drained", () => IsOver || _stop is null);
        }
    }

    private bool IsInputRead() => _process?.Handle?.Status == JobStatus.Running
        && _world.Feeds.All(feed => Enumerable.Range(0, feed.Written.Count)
            .All(partition => _process.Kafka.PositionOf(feed.Input.Topic, partition) >= feed.Written[partition]));

    private async Task UntilAsync(string what, Func<bool> condition)
    {
        DateTimeOffset limit = Now + Patience;
        while (!condition())
        {
            if (Now >= limit)
            {
                throw new SimulationException($"Waited in vain for {what}: {Describe()}");
            }

            await RunUntilAsync(Now + Moment);
        }
    }

    private void CheckNothingIsLeft()
    {
        // What the end of the job has started.
        DateTimeOffset limit = Now + TimeSpan.FromSeconds(20);
        while (_process!.Executor.RunOneUntil(limit))
        {
            _steps++;
        }

        ClusterOverview overview = _process.Cluster.Coordinator.Overview();
        if (overview.FreeSlots != overview.TotalSlots)
        {
            throw new SimulationException($"{overview.TotalSlots - overview.FreeSlots} slots are not free after the job has ended.");
        }

        // A task that has thrown leaves its batch to the garbage collector.
        if (!_process.HasFailedBefore && _process.Handle!.Restarts == 0 && _process.Cluster.HeldBatches != 0)
        {
            throw new SimulationException(
                $"{_process.Cluster.HeldBatches} batches were not released: {string.Join("; ", _process.Cluster.BatchHolders)}");
        }
    }
}
