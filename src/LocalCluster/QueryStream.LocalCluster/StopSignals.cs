using System.Runtime.InteropServices;

namespace QueryStream.Local;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancellation. The first signal asks the program to stop; one that follows more than two seconds later
/// ends the process at once, unless the program has requested it (<see cref="Next"/>), as SIGQUIT (Ctrl-\) always does.
/// An earlier one is ignored, since a signal to a process group often arrives twice.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations;
    private readonly Action _beforeExit;
    private readonly TimeProvider _time;

    // Guards the fields below: signals arrive on any thread.
    private readonly Lock _lock = new();
    private bool _isStopping;
    private long _lastAt;
    private CancellationTokenSource? _next;

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

    /// <summary>
    /// Makes the next signal after the first one cancel this token instead of ending the process. For one signal: the program asks again if it can
    /// handle another one.
    /// </summary>
    public CancellationToken Next()
    {
        lock (_lock)
        {
            return (_next ??= new CancellationTokenSource()).Token;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _stop.Dispose();
        _next?.Dispose();
    }

    /// <summary>Handles a stop signal.</summary>
    /// <returns>False if it ends the process.</returns>
    internal bool Stop()
    {
        CancellationTokenSource? told;
        lock (_lock)
        {
            if (_isStopping && _time.GetElapsedTime(_lastAt) < Patience)
            {
                return true;
            }

            _lastAt = _time.GetTimestamp();
            (told, _next) = _isStopping ? (_next, null) : (_stop, _next);
            _isStopping = true;
        }

        if (told is null)
        {
            _beforeExit();
            return false;
        }

        told.Cancel();
        return true;
    }
}
