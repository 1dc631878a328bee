using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Makes clients. Safe on any thread.</summary>
internal sealed class ClientFactory(LibraryFacts library, TimeProvider time, ILogger logger)
{
    // One entry an address that was ever used; addresses come from settings, so they are few.
    private readonly ConcurrentDictionary<string, ConnectionHealth> _health = new(StringComparer.Ordinal);

    /// <summary>The client for questions; shared with all who have an equal connection.</summary>
    public ClusterClient RentCluster(KafkaConnection connection, ClientPool<ClusterClient> clusters) => clusters.Rent(
        cluster => cluster.Connection.Equals(connection),
        () => new ClusterClient(
            connection,
            library,
            _health.GetOrAdd(connection.BootstrapServers, address => new ConnectionHealth(address, time, logger)),
            time,
            logger));

    /// <summary>A client that fetches or produces, and the one for questions beside it. Where one cannot be made, neither stays.</summary>
    /// <exception cref="Core.Errors.SettingException">A property is unknown or its value is not allowed.</exception>
    public (ClientHandle Handle, ClusterClient Cluster) Create(
        ClientKind kind, KafkaConnection connection, KafkaReaderOptions? reader, ClientPool<ClusterClient> clusters, IClientEvents events)
    {
        ClientHandle handle = new(kind, ClientSettings.Of(kind, connection, reader, library), events, logger, connection.BootstrapServers);
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
