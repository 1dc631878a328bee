using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Whether a cluster answers: one warning when it stops, one line when it is back, however many clients notice. Safe on any thread.
/// </summary>
internal sealed class ConnectionHealth(string address, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private bool _isDown;
    private long _downSince;
    private long _lastAnswer = long.MinValue;

    /// <summary>Whether the cluster has stopped answering.</summary>
    public bool IsDown
    {
        get
        {
            lock (_lock)
            {
                return _isDown;
            }
        }
    }

    /// <summary>The cluster has answered.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            _lastAnswer = time.GetTimestamp();
            if (_isDown)
            {
                _isDown = false;
                logger.ClusterUp(address, time.GetElapsedTime(_downSince).TotalSeconds);
            }
        }
    }

    /// <summary>A request was not answered.</summary>
    /// <param name="askedAt">The clock's timestamp when it was made: it says nothing if another was answered since.</param>
    /// <param name="problem">What librdkafka said.</param>
    public void NotAnswered(long askedAt, string problem)
    {
        lock (_lock)
        {
            if (!_isDown && _lastAnswer < askedAt)
            {
                _isDown = true;
                _downSince = askedAt;
                logger.ClusterDown(address, problem);
            }
        }
    }
}
