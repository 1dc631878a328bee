using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Certificates;
using QueryStream.Hosting;
using QueryStream.Worker;

namespace QueryStream.Exchange;

/// <summary>Channels over TCP as a part of a worker's process.</summary>
public static class ExchangeServices
{
    /// <summary>
    /// Registers <see cref="TcpChannels"/>, also as the <see cref="ITaskChannels"/> of the worker, with <see cref="ExchangeOptions"/> from the
    /// section <c>QueryStream:Exchange</c>. It needs <see cref="WorkerOptions"/>, logging and a <see cref="TimeProvider"/> from the host, and uses
    /// its <see cref="IPeerWatcher"/> and <see cref="PeerTls"/> if there are any.
    /// </summary>
    public static IServiceCollection AddQueryStreamExchange(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<ExchangeOptions>(ExchangeOptions.Section);
        services.TryAddSingleton(provider =>
        {
            ExchangeOptions options = provider.GetRequiredService<ExchangeOptions>();
            return TcpChannels.Start(
                options with { Tls = options.Tls ?? provider.GetService<PeerTls>() },
                provider.GetRequiredService<WorkerOptions>().Worker,
                provider.GetRequiredService<ILoggerFactory>(),
                provider.GetService<IPeerWatcher>(),
                provider.GetRequiredService<TimeProvider>());
        });
        services.TryAddSingleton<ITaskChannels>(provider => provider.GetRequiredService<TcpChannels>());
        return services;
    }
}
