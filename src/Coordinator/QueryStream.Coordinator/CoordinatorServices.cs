using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QueryStream.Checkpoints.Storage;

namespace QueryStream.Coordinator;

/// <summary>The coordinator as a role of a process.</summary>
public static class CoordinatorServices
{
    /// <summary>
    /// Registers the <see cref="CoordinatorNode"/>, and the storage of checkpoints in directories. It needs an
    /// <see cref="Core.Actors.Executor"/>, a <see cref="Streams.IJobLoader"/> and logging from the host.
    /// </summary>
    public static IServiceCollection AddQueryStreamCoordinator(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICheckpointStorageFactory, DirectoryStorageFactory>(
            _ => new DirectoryStorageFactory(DurableFiles.Instance)));
        services.TryAddSingleton<CheckpointStorages>();
        services.TryAddSingleton<CoordinatorNode>();
        return services;
    }
}
