using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Shares clients by reference counting. Thread-safe.</summary>
internal sealed class ClientPool<TClient>
    where TClient : class, IAsyncDisposable
{
    // Guards the list and the counts: a client is either in the list with a count above 0, or being closed by the caller that removed it.
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>Returns a matching client, or creates one. Each must be returned once.</summary>
    /// <param name="matches">
    /// Whether the caller can share a client. May also reserve what the caller needs of it. Called under the pool's lock.
    /// </param>
    /// <param name="create">Creates a matching client.</param>
    public TClient Rent(Func<TClient, bool> matches, Func<TClient> create)
    {
        lock (_lock)
        {
            Entry? entry = _entries.Find(e => matches(e.Client));
            if (entry is null)
            {
                TClient client = create();
                matches(client);
                entry = new Entry(client);
                _entries.Add(entry);
            }

            entry.Users++;
            return entry.Client;
        }
    }

    /// <summary>Releases a client; the last release closes it.</summary>
    public ValueTask ReturnAsync(TClient client)
    {
        lock (_lock)
        {
            int index = _entries.FindIndex(e => e.Client == client);
            if (--_entries[index].Users > 0)
            {
                return ValueTask.CompletedTask;
            }

            _entries.RemoveAt(index);
        }

        return client.DisposeAsync();
    }

    private sealed class Entry(TClient client)
    {
        public TClient Client { get; } = client;

        public int Users { get; set; }
    }
}

/// <summary>Creates clients. Thread-safe.</summary>
internal sealed class ClientFactory(TimeProvider time, ILogger logger)
{
    // Never shrinks: one entry per address, and addresses come from settings, so they are few.
    private readonly ConcurrentDictionary<string, ConnectionHealth> _health = new(StringComparer.Ordinal);

    /// <summary>The admin client of a connection, shared with all users of equal connections.</summary>
    public ClusterClient RentCluster(KafkaConnection connection, ClientPool<ClusterClient> clusters) => clusters.Rent(
        cluster => cluster.Connection.Equals(connection),
        () => new ClusterClient(
            connection,
            _health.GetOrAdd(connection.BootstrapServers, address => new ConnectionHealth(address, time, logger)),
            time,
            logger));

    /// <summary>Creates a client that fetches or produces, together with its admin client. If one cannot be created, the other is closed.</summary>
    /// <exception cref="Core.Errors.SettingException">A property is unknown or its value is not allowed.</exception>
    public (ClientHandle Handle, ClusterClient Cluster) Create(
        ClientKind kind,
        KafkaConnection connection,
        IEnumerable<KeyValuePair<string, string>> settings,
        ClientPool<ClusterClient> clusters,
        IClientEvents events)
    {
        ClientHandle handle = new(kind, settings, events, logger, connection.BootstrapServers);
        try
        {
            return (handle, RentCluster(connection, clusters));
        }
        catch
        {
            handle.Close();
            throw;
        }
    }
}
