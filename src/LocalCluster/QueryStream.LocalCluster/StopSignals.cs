using System.Runtime.InteropServices;

namespace QueryStream.Local;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancellation. The first signal asks the program to stop; one that follows more than two seconds later
/// ends the process at once. An earlier one is ignored, since a signal to a process group often arrives twice.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;

    // A timestamp, 0 before the first signal. Signals arrive on any thread: the first one to set it is the first signal.
    private long _stoppedAt;

    /// <summary>Begins to listen.</summary>
    public StopSignals()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        long before = Interlocked.CompareExchange(ref _stoppedAt, TimeProvider.System.GetTimestamp(), 0);
        signal.Cancel = before == 0 || TimeProvider.System.GetElapsedTime(before) < Patience;
        _stop.Cancel();
    }
}
