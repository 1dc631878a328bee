using System.Globalization;
using QueryStream.Core;

namespace QueryStream.Simulation;

/// <summary>Lets workers join and leave in order, so that subtasks move while others go on.</summary>
internal sealed partial class Simulation
{
    private const int MaxWorkers = 5;
    private const int MaxBetween = 2_000;

    // As long as a worker waits that leaves. Then it ends, and its tasks with it.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(20);

    // A job may have been rescaled to as many slots as they have.
    private const int MinStaying = 2;

    private readonly SeededRandom _moves;
    private readonly HashSet<string> _leaving = [];
    private int _joined;

    private void ScheduleMoves()
    {
        foreach (TimeSpan at in _world.Plan.Moves)
        {
            At(at, Move);
        }
    }

    // Each worker that leaves is replaced, before or after.
    private void Move()
    {
        if (_isHealed)
        {
            return;
        }

        if (_process is not { } process || process.Cluster.Epoch is null)
        {
            At(WhileDown, Move);
            return;
        }

        int order = process.Cluster.Workers.Count >= MaxWorkers ? 2 : _moves.Next(3);
        if (order < 2)
        {
            Join(process);
        }

        if (order > 0)
        {
            At(Between(), () => Leave(process));
        }

        if (order == 2)
        {
            At(Between(), () => Join(process));
        }
    }

    private void Join(SimulatedProcess process)
    {
        if (_process == process)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"joined-{++_joined}");
            _world.Trace?.Invoke($"{Now:mm:ss.fff} worker {name} joins");
            process.AddWorker(name);
        }
    }

    private void Leave(SimulatedProcess process)
    {
        if (_process != process)
        {
            return;
        }

        while (Staying(process).Length <= MinStaying)
        {
            Join(process);
        }

        string[] workers = Staying(process);
        string name = workers[_moves.Next(workers.Length)];
        _leaving.Add(name);
        _world.Trace?.Invoke($"{Now:mm:ss.fff} worker {name} leaves");
        process.Cluster.Leave(name);
        TimeSpan lasts = _moves.Next(4) == 0 ? TimeSpan.FromTicks(_moves.Next(1_000) * TimeSpan.TicksPerMillisecond) : LeaveLimit;
        At(lasts, () =>
        {
            if (_process == process && process.Cluster.Workers.Contains(name))
            {
                _world.Trace?.Invoke($"{Now:mm:ss.fff} worker {name} is gone without waiting");
                process.Cluster.KillWorker(name);
            }
        });
    }

    private string[] Staying(SimulatedProcess process) => [.. process.Cluster.Workers.Where(name => !_leaving.Contains(name))];

    private TimeSpan Between() => TimeSpan.FromTicks(_moves.Next(MaxBetween) * TimeSpan.TicksPerMillisecond);
}
