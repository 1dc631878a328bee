using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Streams;

namespace QueryStream.Coordinator;

/// <summary>The coordinator as a role of a process.</summary>
public static class CoordinatorServices
{
    /// <summary>
    /// Registers the <see cref="CoordinatorFactory"/>, and the storage of checkpoints in directories. It needs an <see cref="Executor"/>, an
    /// <see cref="IJobLoader"/> and logging from the host.
    /// </summary>
    public static IServiceCollection AddQueryStreamCoordinator(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICheckpointStorageFactory, DirectoryStorageFactory>(
            _ => new DirectoryStorageFactory(DurableFiles.Instance)));
        services.TryAddSingleton<CheckpointStorages>();
        services.TryAddSingleton<CoordinatorFactory>();
        return services;
    }
}

/// <summary>Starts a coordinator each time this process becomes the leader of its cluster. Safe on any thread.</summary>
/// <param name="executor">Where its actors run.</param>
/// <param name="loader">Loads the code of jobs.</param>
/// <param name="storages">The storages of checkpoints.</param>
/// <param name="loggers">Where to log.</param>
public sealed class CoordinatorFactory(Executor executor, IJobLoader loader, CheckpointStorages storages, ILoggerFactory loggers)
{
    /// <summary>Starts a coordinator.</summary>
    /// <param name="epoch">Its reign over the workers: higher than that of every coordinator before it.</param>
    public CoordinatorNode Start(Epoch epoch) => new(epoch, executor, loader, storages, loggers);
}
