using System.Runtime.InteropServices;

namespace QueryStream.Local;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancellation. The first signal asks the program to stop; one that follows more than two seconds later
/// ends the process at once, as SIGQUIT (Ctrl-\) always does. An earlier one is ignored, since a signal to a process group often arrives twice.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Action _beforeExit;
    private readonly TimeProvider _time;

    // The timestamp of the first signal, 0 before. Signals arrive on any thread; the first one to set it counts.
    private long _stoppedAt;

    /// <summary>Registers the signal handlers.</summary>
    /// <param name="beforeExit">Called on any thread before a signal ends the process, to restore the terminal.</param>
    public StopSignals(Action? beforeExit = null)
        : this(beforeExit, TimeProvider.System) => _registrations.AddRange(
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = Stop()),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = Stop()),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => _beforeExit()),
        ]);

    internal StopSignals(Action? beforeExit, TimeProvider time)
    {
        _registrations = [];
        _beforeExit = beforeExit ?? (static () => { });
        _time = time;
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
    }

    /// <summary>Handles a stop signal.</summary>
    /// <returns>False if it ends the process.</returns>
    internal bool Stop()
    {
        long before = Interlocked.CompareExchange(ref _stoppedAt, _time.GetTimestamp(), 0);
        if (before != 0 && _time.GetElapsedTime(before) >= Patience)
        {
            _beforeExit();
            return false;
        }

        _stop.Cancel();
        return true;
    }
}
