using Microsoft.Extensions.Logging;

namespace QueryStream.Cluster.Strangers;

/// <summary>
/// Logs the connections that are refused: one line for each, and for a machine that tries again and again one line a minute. What a stranger does
/// must not fill the log. Safe on any thread.
/// </summary>
/// <param name="log">Where to log.</param>
/// <param name="time">The clock.</param>
public sealed class StrangerLog(ILogger log, TimeProvider time)
{
    private const int MaxReported = 100;
    private const int MaxConnections = 1_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // Guards both: connections are refused on the threads of their sockets.
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Host, string Kind), Reported> _reported = [];

    // The latest ones: what follows on the same connection was reported already.
    private readonly Queue<string> _connections = [];

    /// <summary>The certificate of the other end is refused.</summary>
    /// <param name="remote">The address of the other end.</param>
    /// <param name="kind">Each kind of problem is logged once.</param>
    /// <param name="problem">Why, as a part of a sentence.</param>
    public void Refused(string remote, string kind, string problem)
    {
        string plain = TransportProblem.Plain(remote);
        lock (_lock)
        {
            Remember(plain);
        }

        Report(plain, kind, problem);
    }

    /// <summary>A connection has failed.</summary>
    internal void Failed(TransportProblem problem)
    {
        lock (_lock)
        {
            if (_connections.Contains(problem.Remote))
            {
                return;
            }

            Remember(problem.Remote);
        }

        Report(problem.Remote, problem.Kind, problem.Text);
    }

    private void Remember(string connection)
    {
        if (_connections.Count == MaxConnections)
        {
            _connections.Dequeue();
        }

        _connections.Enqueue(connection);
    }

    private void Report(string remote, string kind, string problem)
    {
        int unreported;
        lock (_lock)
        {
            (string, string) key = (HostOf(remote), kind);
            if (_reported.TryGetValue(key, out Reported? reported) && time.GetElapsedTime(reported.At) < Window)
            {
                reported.Unreported++;
                return;
            }

            if (_reported.Count >= MaxReported && !MakeRoom())
            {
                return;
            }

            unreported = reported?.Unreported ?? 0;
            _reported[key] = new Reported(time.GetTimestamp());
        }

        if (unreported == 0)
        {
            Log.StrangerRefused(log, remote, problem);
        }
        else
        {
            Log.StrangersRefused(log, remote, problem, unreported);
        }
    }

    private bool MakeRoom()
    {
        foreach ((string, string) old in _reported.Where(pair => time.GetElapsedTime(pair.Value.At) >= Window).Select(pair => pair.Key).ToArray())
        {
            _reported.Remove(old);
        }

        return _reported.Count < MaxReported;
    }

    // Each connection of a machine has a port of its own.
    private static string HostOf(string remote)
    {
        int colon = remote.LastIndexOf(':');
        return colon < 0 ? remote : remote[..colon];
    }

    private sealed class Reported(long at)
    {
        public long At { get; } = at;

        public int Unreported { get; set; }
    }
}
