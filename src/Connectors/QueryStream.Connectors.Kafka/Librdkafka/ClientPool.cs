using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Clients in use, each shared and counted. Safe on any thread.</summary>
internal sealed class ClientPool<TClient>
    where TClient : class, IAsyncDisposable
{
    // Guards the list and the counts: a client is either in the list with a count above 0, or being closed by the one who took it out.
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];

    /// <summary>A client that suits, or a new one. Each must be returned once.</summary>
    /// <param name="suits">Whether a client can be shared; may also take what it needs of it. Called under the pool's lock.</param>
    /// <param name="create">Makes one that suits.</param>
    public TClient Rent(Func<TClient, bool> suits, Func<TClient> create)
    {
        lock (_lock)
        {
            Entry? entry = _entries.Find(e => suits(e.Client));
            if (entry is null)
            {
                TClient client = create();
                suits(client);
                entry = new Entry(client);
                _entries.Add(entry);
            }

            entry.Users++;
            return entry.Client;
        }
    }

    /// <summary>Ends one use; the last one closes the client.</summary>
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

/// <summary>Makes clients. Safe on any thread.</summary>
internal sealed class ClientFactory(TimeProvider time, ILogger logger)
{
    // One entry an address that was ever used; addresses come from settings, so they are few.
    private readonly ConcurrentDictionary<string, ConnectionHealth> _health = new(StringComparer.Ordinal);

    /// <summary>The client for questions; shared with all who have an equal connection.</summary>
    public ClusterClient RentCluster(KafkaConnection connection, ClientPool<ClusterClient> clusters) => clusters.Rent(
        cluster => cluster.Connection.Equals(connection),
        () => new ClusterClient(
            connection,
            _health.GetOrAdd(connection.BootstrapServers, address => new ConnectionHealth(address, time, logger)),
            time,
            logger));

    /// <summary>A client that fetches or produces, and the one for questions beside it. Where one cannot be made, neither stays.</summary>
    /// <exception cref="Core.Errors.SettingException">A property is unknown or its value is not allowed.</exception>
    public (ClientHandle Handle, ClusterClient Cluster) Create(
        ClientKind kind, KafkaConnection connection, KafkaReaderOptions? reader, ClientPool<ClusterClient> clusters, IClientEvents events)
    {
        ClientHandle handle = new(kind, ClientSettings.Of(kind, connection, reader), events, logger, connection.BootstrapServers);
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
