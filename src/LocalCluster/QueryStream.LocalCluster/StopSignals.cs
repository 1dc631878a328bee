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
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Action _beforeExit;
    private readonly TimeProvider _time;

    // Guards the two fields below: signals arrive on any thread.
    private readonly Lock _lock = new();
    private int _signals;
    private long _lastAt;

    // Set before the signals matter, read by the threads that handle them.
    private volatile bool _cancels;

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

    /// <summary>Makes the second signal cancel this token; then only a third one ends the process.</summary>
    public CancellationToken CancelBySecond()
    {
        _cancels = true;
        return _cancel.Token;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _cancel.Dispose();
    }

    /// <summary>Handles a stop signal.</summary>
    /// <returns>False if it ends the process.</returns>
    internal bool Stop()
    {
        int number;
        lock (_lock)
        {
            if (_signals > 0 && _time.GetElapsedTime(_lastAt) < Patience)
            {
                return true;
            }

            number = ++_signals;
            _lastAt = _time.GetTimestamp();
        }

        if (number > (_cancels ? 2 : 1))
        {
            _beforeExit();
            return false;
        }

        (number == 1 ? _stop : _cancel).Cancel();
        return true;
    }
}
