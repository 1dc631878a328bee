using System.Globalization;
using System.Text;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation.Reports;

/// <summary>What many seeds have done.</summary>
/// <param name="time">Measures how long it took.</param>
internal sealed class RunReport(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private readonly SortedDictionary<FaultKind, int> _faults = [];
    private readonly List<ulong> _failed = [];
    private int _seeds;
    private long _events;
    private long _restores;
    private long _checkpoints;
    private long _requested;
    private long _savepoints;
    private long _suspensions;
    private long _givenUp;
    private long _regionRestarts;
    private long _rescales;
    private long _adoptions;
    private long _liveMoves;
    private long _otherMoves;
    private long _rescaled;
    private long _refusedRescales;
    private long _steps;

    public int Failed => _failed.Count;

    public void Add(SeedReport report)
    {
        _seeds++;
        _events += report.Events;
        _restores += report.Restores;
        _checkpoints += report.Checkpoints;
        _requested += report.Requested;
        _savepoints += report.Savepoints;
        _suspensions += report.Suspensions;
        _givenUp += report.GivenUp;
        _regionRestarts += report.RegionRestarts;
        _rescales += report.Rescales;
        _adoptions += report.Adoptions;
        _liveMoves += report.LiveMoves;
        _otherMoves += report.OtherMoves;
        _rescaled += report.Rescaled;
        _refusedRescales += report.RefusedRescales;
        _steps += report.Steps;
        foreach ((FaultKind kind, int count) in report.Faults)
        {
            _faults[kind] = _faults.GetValueOrDefault(kind) + count;
        }

        if (report.Failure is not null)
        {
            _failed.Add(report.Seed);
        }
    }

    public string Summary()
    {
        double seconds = time.GetElapsedTime(_startedAt).TotalSeconds;
        StringBuilder text = new();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{_seeds} seeds in {seconds:0.0} s, {_seeds / seconds:0.0} seeds a second: {_events} events, {_steps} steps, {_restores} restores");
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{_checkpoints} checkpoints and savepoints, for which sinks have asked {_requested} times; {_savepoints} savepoints while the job ran, "
            + $"{_suspensions} times the job was stopped with one and started from it, "
            + $"{_givenUp} times it was started again since its restart strategy had given up, {_regionRestarts} times only a region restarted, "
            + $"{_rescales} times the job was rescaled; {_rescaled} requests to rescale it were accepted, {_refusedRescales} refused; "
            + $"{_liveMoves} times subtasks moved while the others went on, {_otherMoves} times they could not; "
            + $"{_adoptions} times its tasks went on under another coordinator");
        text.Append("Faults: ").AppendJoin(", ", _faults.Select(fault => $"{fault.Value} {fault.Key}")).AppendLine();
        text.Append(_failed.Count == 0 ? "All outputs equal those of the oracles." : $"{_failed.Count} seeds failed: {string.Join(", ", _failed)}");
        return text.ToString();
    }
}
