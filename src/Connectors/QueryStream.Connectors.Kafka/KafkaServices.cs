using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Hosting;
using QueryStream.Streams.Settings;

namespace QueryStream.Connectors.Kafka;

/// <summary>The Kafka options of a process.</summary>
public sealed record KafkaClientOptions : IValidatedSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "QueryStream:Kafka";

    /// <summary>The bootstrap servers for sources and sinks of jobs that set none; null: localhost:9092.</summary>
    [Setting(nameof(BootstrapServers), "Kafka's bootstrap servers, HOST:PORT, separated by commas")]
    public string? BootstrapServers { get; init; }

    /// <inheritdoc/>
    public void Validate()
    {
        if (BootstrapServers is not null && !KafkaConnection.IsAddress(BootstrapServers))
        {
            throw new SettingException(
                nameof(BootstrapServers),
                $"'{BootstrapServers}' is not HOST:PORT, or several separated by commas; for example {IKafkaClients.DefaultAddress}. "
                + "KAFKA_BOOTSTRAP_SERVERS sets it too.");
        }
    }
}

/// <summary>Kafka as a service of a process.</summary>
public static class KafkaServices
{
    /// <summary>
    /// Registers <see cref="IKafkaClients"/> on librdkafka, with <see cref="KafkaClientOptions"/> from the section <c>QueryStream:Kafka</c>. The
    /// options are validated, and the library is loaded, when the first source or sink opens: a job without Kafka needs neither.
    /// </summary>
    public static IServiceCollection AddQueryStreamKafka(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<KafkaClientOptions>(KafkaClientOptions.Section, validateOnStart: false);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IKafkaClients>(provider => new LibrdkafkaClients(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetRequiredService<KafkaClientOptions>().BootstrapServers ?? IKafkaClients.DefaultAddress));
        return services;
    }
}
