using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>
/// Tracks whether a cluster responds. Logs one warning when it stops and one line when it is back, however many clients notice. Thread-safe.
/// </summary>
internal sealed class ConnectionHealth(string address, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private bool _isDown;
    private long _downSince;
    private long _lastResponse = long.MinValue;

    /// <summary>Whether the cluster has stopped responding.</summary>
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

    /// <summary>The cluster has responded.</summary>
    public void OnResponse()
    {
        lock (_lock)
        {
            _lastResponse = time.GetTimestamp();
            if (_isDown)
            {
                _isDown = false;
                logger.ClusterUp(address, time.GetElapsedTime(_downSince).TotalSeconds);
            }
        }
    }

    /// <summary>A request got no response.</summary>
    /// <param name="askedAt">The timestamp of the request. The failure is ignored if a later request got a response.</param>
    /// <param name="problem">librdkafka's error text.</param>
    public void OnNoResponse(long askedAt, string problem)
    {
        lock (_lock)
        {
            if (!_isDown && _lastResponse < askedAt)
            {
                _isDown = true;
                _downSince = askedAt;
                logger.ClusterDown(address, problem);
            }
        }
    }
}
