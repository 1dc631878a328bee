using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Hosting;
using QueryStream.Streams.Settings;

namespace QueryStream.Connectors.Kafka;

/// <summary>How a process reaches Kafka.</summary>
public sealed record KafkaClientOptions : IValidatedSettings
{
    /// <summary>The section of the configuration that holds them.</summary>
    public const string Section = "QueryStream:Kafka";

    /// <summary>The address for jobs that name none; null where they have their own default.</summary>
    [Setting(nameof(BootstrapServers), "Kafka's bootstrap servers, HOST:PORT, separated by commas")]
    public string? BootstrapServers { get; init; }

    /// <inheritdoc/>
    public void Validate()
    {
        if (BootstrapServers is not null && !KafkaConnection.IsAddress(BootstrapServers))
        {
            throw new SettingException(nameof(BootstrapServers), $"'{BootstrapServers}' is not HOST:PORT, or several separated by commas; for example localhost:9092. KAFKA_BOOTSTRAP_SERVERS sets it too.");
        }
    }
}

/// <summary>Kafka as a service of a process.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Registers <see cref="IKafkaClients"/> on librdkafka, which is loaded when they are first resolved, with <see cref="KafkaClientOptions"/>
    /// from the section <c>QueryStream:Kafka</c>.
    /// </summary>
    public static IServiceCollection AddQueryStreamKafka(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<KafkaClientOptions>(KafkaClientOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKafkaClients>(provider =>
            new LibrdkafkaClients(provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
