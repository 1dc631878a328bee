using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// Logs when Redis stops accepting writes, and when it accepts them again. Alternating failures and successes are one outage, which ends when
/// nothing has failed for <see cref="QuietTime"/>. An outage is one line at its start, one at its end, and at most one per minute in between.
/// Thread-safe.
/// </summary>
internal sealed class OutageLog(ILogger log, RedisAddress address, TimeProvider time) : IDisposable
{
    /// <summary>The time without failures after which an outage counts as over.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReminderInterval = TimeSpan.FromMinutes(1);

    // Guards the fields below: flushes complete and connections fail on any thread.
    private readonly Lock _lock = new();
    private ITimer? _timer;
    private bool _hasSucceeded;
    private bool _isOut;
    private bool _isRecovering;
    private bool _isClosed;
    private long _startedAt;
    private long _lastFailure;
    private long _lastLine;

    /// <summary>A write was refused temporarily, or could not be sent.</summary>
    public void OnFailure(string reason)
    {
        lock (_lock)
        {
            // Before the first success the start of the job fails, which reports the error.
            if (_isClosed || !_hasSucceeded)
            {
                return;
            }

            long now = time.GetTimestamp();
            (_lastFailure, _isRecovering) = (now, false);
            if (!_isOut)
            {
                (_isOut, _startedAt, _lastLine) = (true, now, now);
                Log.OutageBegan(log, address, reason);
            }
            else if (time.GetElapsedTime(_lastLine, now) >= ReminderInterval)
            {
                _lastLine = now;
                Log.OutageLasts(log, address, reason, Seconds(_startedAt, now));
            }
        }
    }

    /// <summary>A write was executed, or the connection is restored.</summary>
    public void OnSuccess()
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            if (!_hasSucceeded)
            {
                _hasSucceeded = true;
                Log.Connected(log, address);
            }

            if (_isOut && !_isRecovering)
            {
                _isRecovering = true;
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
            if (_isClosed || !_isOut || !_isRecovering)
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
            Log.OutageEnded(log, address, Seconds(_startedAt, _lastFailure));
        }
    }

    private double Seconds(long from, long to) => Math.Round(time.GetElapsedTime(from, to).TotalSeconds, 1);
}
