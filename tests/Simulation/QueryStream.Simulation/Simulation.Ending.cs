using QueryStream.Coordinator;
using QueryStream.Simulation.Faults;
using QueryStream.Simulation.Graphs;
using QueryStream.Simulation.Reports;
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

    // Whether the running attempt was counted as restored.
    private bool _isRestored;

    private async Task FinishAsync()
    {
        Heal();
        if (!_world.Plan.IsCalm && IsEasy)
        {
            await RestoreOnceAsync();
        }

        await (_world.Plan.Ending == Ending.Drain ? DrainAsync() : UntilAsync("the job to end", () => IsOver));
        JobHandle handle = _process!.Handle!;
        JobResult result = await handle.Completion;
        _report.Checkpoints += result.Checkpoints.Completed;
        _report.Operators = JobGraph.Create(StreamBuilder.Build(_process.Job, JobSettings.None), 1).Vertices.Sum(vertex => vertex.Nodes.Count);
        if (result.Status != JobStatus.Finished)
        {
            throw new SimulationException($"The job has ended {result.Status}: {result.Failure?.Message}", result.Failure);
        }

        CheckNothingIsLeft();
    }

    private void Heal()
    {
        _world.Faults.Heal();
        _world.Files.CrashAt = null;
        _process?.Kafka.WakeAll();
    }

    // Every seed has a restore, and enough faults.
    private async Task RestoreOnceAsync()
    {
        while (!IsOver && IsEasy)
        {
            long completed = _process?.Handle?.Checkpoints.Completed ?? 0;
            await UntilAsync("a checkpoint", () => IsOver || _process?.Handle?.Checkpoints.Completed > completed);
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
        while (true)
        {
            await UntilAsync("the input to be read", () => IsOver || IsInputRead());
            await RunUntilAsync(Now + (_report.Faults.ContainsKey(FaultKind.ClockJump) && _world.Plan.NeedsClock ? AfterClockJump : ClockTimers));
            if (IsOver)
            {
                return;
            }

            Task<string> savepoint = _process!.Handle!.StopWithSavepointAsync(drain: true);
            await UntilAsync("the savepoint", () => IsOver || savepoint.IsCompleted);
            if (!IsOver && savepoint.IsCompletedSuccessfully)
            {
                await UntilAsync("the job to stop", () => IsOver);
            }

            if (IsOver)
            {
                return;
            }

            // It has failed, and the attempt with it.
            _world.Trace?.Invoke($"The savepoint has failed: {savepoint.Exception?.InnerException?.Message}");
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
        if (_process.Handle!.Restarts == 0 && _process.Cluster.HeldBatches != 0)
        {
            throw new SimulationException(
                $"{_process.Cluster.HeldBatches} batches were not released: {string.Join("; ", _process.Cluster.BatchHolders)}");
        }
    }
}
