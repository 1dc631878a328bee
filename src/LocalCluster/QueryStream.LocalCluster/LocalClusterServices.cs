using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Hosting;
using QueryStream.Streams;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>A cluster in one process as a role of that process.</summary>
public static class LocalClusterServices
{
    /// <summary>
    /// Registers the <see cref="LocalCluster"/>, which starts and stops with the host, with <see cref="LocalClusterOptions"/> from the section
    /// <c>QueryStream:LocalCluster</c>. Sources and sinks get their clients from the services of the process.
    /// </summary>
    public static IServiceCollection AddQueryStreamLocalCluster(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<LocalClusterOptions>(LocalClusterOptions.Section);
        services.AddQueryStreamExecutor();
        services.TryAddSingleton<InProcessJobs>();
        services.TryAddSingleton<IJobLoader>(provider => provider.GetRequiredService<InProcessJobs>());
        services.TryAddSingleton<ITaskChannels, InProcessChannels>();
        services.AddQueryStreamCoordinator();
        services.TryAddSingleton(provider => new LocalCluster(
            provider.GetRequiredService<LocalClusterOptions>(),
            provider.GetRequiredService<CoordinatorFactory>().Start(new Epoch(1)),
            provider.GetRequiredService<InProcessJobs>(),
            provider.GetRequiredService<Executor>(),
            new WorkerServices(
                provider.GetRequiredService<IJobLoader>(),
                provider.GetRequiredService<ITaskChannels>(),
                provider,
                provider.GetRequiredService<CheckpointStorages>(),
                provider.GetRequiredService<ILoggerFactory>())));
        services.AddHostedService(provider => provider.GetRequiredService<LocalCluster>());
        return services;
    }
}
