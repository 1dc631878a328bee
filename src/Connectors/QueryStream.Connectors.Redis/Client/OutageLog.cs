using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// Logs when Redis stops taking writes, and when it takes them again. Failures and successes that alternate are one outage: it ends when nothing
/// has failed for <see cref="QuietTime"/>. So an outage is one line when it begins, one when it is over, and at most one a minute between.
/// Safe on any thread.
/// </summary>
internal sealed class OutageLog(ILogger log, RedisAddress address, TimeProvider time) : IDisposable
{
    /// <summary>How long nothing may have failed until an outage counts as over.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    // Guards the fields below: flushes end and connections fail on any thread.
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _hasWorked;
    private bool _isOut;
    private bool _worksSinceFailure;
    private bool _isClosed;
    private long _began;
    private long _lastFailure;
    private long _lastLine;

    /// <summary>A write was refused for the moment, or could not be sent.</summary>
    public void Failed(string reason)
    {
        lock (_lock)
        {
            // Before the first success it is the start of the job that fails, and reports it.
            if (_isClosed || !_hasWorked)
            {
                return;
            }

            long now = time.GetTimestamp();
            (_lastFailure, _worksSinceFailure) = (now, false);
            if (!_isOut)
            {
                (_isOut, _began, _lastLine) = (true, now, now);
                Log.OutageBegan(log, address, reason);
            }
            else if (time.GetElapsedTime(_lastLine, now) >= ReminderInterval)
            {
                _lastLine = now;
                Log.OutageLasts(log, address, reason, Seconds(_began, now));
            }
        }
    }

    /// <summary>A write was executed, or the connection is back.</summary>
    public void Worked()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (!_hasWorked)
            {
                _hasWorked = true;
                Log.Connected(log, address);
            }

            if (_isOut && !_worksSinceFailure)
            {
                _worksSinceFailure = true;
                _timer ??= time.CreateTimer(_ => EndIfQuiet(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _timer.Change(QuietTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Logs nothing more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _timer?.Dispose();
        }
    }

    private void EndIfQuiet()
    {
        lock (_lock)
        {
            if (_isClosed || !_isOut || !_worksSinceFailure)
            {
                return;
            }

            long now = time.GetTimestamp();
            TimeSpan quiet = time.GetElapsedTime(_lastFailure, now);
            if (quiet < QuietTime)
            {
                _timer!.Change(QuietTime - quiet, Timeout.InfiniteTimeSpan);
                return;
            }

            _isOut = false;
            Log.OutageEnded(log, address, Seconds(_began, _lastFailure));
        }
    }

    private double Seconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalSeconds, 1);
}
