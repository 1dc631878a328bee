using QueryStream.Core;

namespace QueryStream.JobSubmit.Chaos.Rounds;

/// <summary>
/// The faults of all rounds on a cluster. The same seed gives the same plan; what a process does at that moment depends on the machine.
/// </summary>
/// <param name="kinds">The faults that are allowed.</param>
/// <param name="seed">The seed.</param>
internal sealed class FaultPlan(IReadOnlyList<FaultKind> kinds, ulong seed)
{
    private const int RoundsPerCheckpoint = 3;
    private const int RoundsPerSecondFault = 4;

    // A job restarts within seconds, so that the second fault comes at any of its steps.
    private const int MaxSecondFaultAfter = 2_500;
    private const int MaxDelay = 1_000;

    private readonly SeededRandom _random = new(seed);
    private readonly List<FaultKind> _bag = [];

    /// <summary>Plans the next round. Each fault comes once before any comes again.</summary>
    public PlannedRound Next()
    {
        if (_bag.Count == 0)
        {
            _bag.AddRange(kinds);
        }

        int index = _random.Next(_bag.Count);
        FaultKind first = _bag[index];
        _bag.RemoveAt(index);
        return new PlannedRound(
            TimeSpan.FromMilliseconds(_random.Next(MaxDelay)),
            new PlannedFault(first, _random.Next(int.MaxValue)),
            InCheckpoint: _random.Next(RoundsPerCheckpoint) == 0,
            _random.Next(RoundsPerSecondFault) == 0 ? new PlannedFault(kinds[_random.Next(kinds.Count)], _random.Next(int.MaxValue)) : null,
            TimeSpan.FromMilliseconds(_random.Next(MaxSecondFaultAfter)));
    }
}

/// <summary>A fault that is to come.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Choice">Chooses the process: this number modulo that of the processes which can be chosen.</param>
internal readonly record struct PlannedFault(FaultKind Kind, int Choice);

/// <summary>A round that is to come.</summary>
/// <param name="Delay">How long the job runs longer than the baseline needs.</param>
/// <param name="First">Its fault.</param>
/// <param name="InCheckpoint">Whether the fault waits for a checkpoint.</param>
/// <param name="Second">The fault while the job recovers; null: none.</param>
/// <param name="SecondAfter">How long after the first one.</param>
internal sealed record PlannedRound(TimeSpan Delay, PlannedFault First, bool InCheckpoint, PlannedFault? Second, TimeSpan SecondAfter);
