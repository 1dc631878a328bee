using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

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
