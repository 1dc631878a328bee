using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Actors;
using QueryStream.Hosting;
using QueryStream.Streams;

namespace QueryStream.Worker;

/// <summary>The worker as a role of a process.</summary>
public static class WorkerRoleServices
{
    /// <summary>
    /// Registers the <see cref="WorkerNode"/>, with <see cref="WorkerOptions"/> from the section <c>QueryStream:Worker</c>, and the storage of
    /// checkpoints in directories. It needs an <see cref="Executor"/>, an <see cref="IJobLoader"/>, <see cref="ITaskChannels"/> and logging from the
    /// host. Sources and sinks get their clients from the services of the process.
    /// </summary>
    public static IServiceCollection AddQueryStreamWorker(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<WorkerOptions>(WorkerOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICheckpointStorageFactory, DirectoryStorageFactory>(
            _ => new DirectoryStorageFactory(DurableFiles.Instance)));
        services.TryAddSingleton<CheckpointStorages>();
        services.TryAddSingleton(provider => new ProcessProbe(provider.GetRequiredService<Executor>().Time));
        services.TryAddSingleton(provider => new WorkerServices(
            provider.GetRequiredService<IJobLoader>(),
            provider.GetRequiredService<ITaskChannels>(),
            provider,
            provider.GetRequiredService<CheckpointStorages>(),
            provider.GetRequiredService<ILoggerFactory>())
        {
            Process = provider.GetRequiredService<ProcessProbe>().Read,
        });
        services.TryAddSingleton(provider => new WorkerNode(
            provider.GetRequiredService<WorkerOptions>(), provider.GetRequiredService<Executor>(), provider.GetRequiredService<WorkerServices>()));
        return services;
    }
}
