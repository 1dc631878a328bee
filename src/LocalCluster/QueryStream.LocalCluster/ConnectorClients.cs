using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;

namespace QueryStream.Local;

/// <summary>
/// The clients that the sources and sinks of a job ask for, of the real systems. Each is made when it is first asked for, so that a job
/// without Kafka needs no librdkafka. Safe on any thread.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where clients log.</param>
public sealed class ConnectorClients(TimeProvider time, ILoggerFactory loggers) : IServiceProvider
{
    private readonly Lazy<LibrdkafkaClients> _kafka = new(() => new LibrdkafkaClients(time, loggers));
    private readonly Lazy<StackExchangeRedisConnections> _redis = new(() => new StackExchangeRedisConnections(RedisClientOptions.FromEnvironment(), time, loggers));

    /// <summary>Kafka, through librdkafka.</summary>
    /// <exception cref="Core.Errors.SettingException">There is no librdkafka.</exception>
    public IKafkaClients Kafka => _kafka.Value;

    /// <inheritdoc/>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IKafkaClients) ? _kafka.Value
        : serviceType == typeof(IRedisConnections) ? _redis.Value
        : null;
}
