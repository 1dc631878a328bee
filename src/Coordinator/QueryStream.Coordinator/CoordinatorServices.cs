using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Registry;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Hosting;
using QueryStream.Streams;

namespace QueryStream.Coordinator;

/// <summary>The coordinator as a role of a process.</summary>
public static class CoordinatorServices
{
    /// <summary>
    /// Registers the <see cref="CoordinatorFactory"/>, with <see cref="CoordinatorOptions"/> from the section <c>QueryStream:Coordinator</c>, and the
    /// storage of checkpoints in directories. It needs an <see cref="Executor"/>, an <see cref="IJobLoader"/> and logging from the host, and uses its
    /// <see cref="IJobRegistry"/> if there is one.
    /// </summary>
    public static IServiceCollection AddQueryStreamCoordinator(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICheckpointStorageFactory, DirectoryStorageFactory>(
            _ => new DirectoryStorageFactory(DurableFiles.Instance)));
        services.TryAddSingleton<CheckpointStorages>();
        services.AddQueryStreamOptions<CoordinatorOptions>(CoordinatorOptions.Section);
        services.TryAddSingleton(provider => new CoordinatorParts(
            provider.GetRequiredService<IJobLoader>(),
            provider.GetRequiredService<CheckpointStorages>(),
            provider.GetRequiredService<ILoggerFactory>())
        {
            Options = provider.GetRequiredService<CoordinatorOptions>(),
            Registry = provider.GetService<IJobRegistry>(),
        });
        services.TryAddSingleton<CoordinatorFactory>();
        return services;
    }
}

/// <summary>What a coordinator gets from its host.</summary>
/// <param name="Loader">Loads the code of jobs.</param>
/// <param name="Storages">The storages of checkpoints.</param>
/// <param name="Loggers">Where to log.</param>
public sealed record CoordinatorParts(IJobLoader Loader, CheckpointStorages Storages, ILoggerFactory Loggers)
{
    /// <summary>Its options.</summary>
    public CoordinatorOptions Options { get; init; } = new();

    /// <summary>Remembers the jobs that have not ended; null: they end with the coordinator.</summary>
    public IJobRegistry? Registry { get; init; }

    /// <summary>
    /// Ends a coordinator in order: a registry keeps its jobs for the next one, and otherwise they are cancelled, since nobody else knows them.
    /// </summary>
    public Task EndAsync(CoordinatorNode node)
    {
        if (Registry is null)
        {
            return node.DisposeAsync().AsTask();
        }

        node.Abandon();
        return node.Stopped;
    }
}

/// <summary>Starts a coordinator each time this process becomes the leader of its cluster. Safe on any thread.</summary>
/// <param name="executor">Where its actors run.</param>
/// <param name="parts">What it gets from its host.</param>
public sealed class CoordinatorFactory(Executor executor, CoordinatorParts parts)
{
    /// <summary>The registry of jobs; null: there is none.</summary>
    public IJobRegistry? Registry => parts.Registry;

    /// <inheritdoc cref="CoordinatorParts.EndAsync"/>
    public Task EndAsync(CoordinatorNode node) => parts.EndAsync(node);

    /// <summary>Starts a coordinator.</summary>
    /// <param name="epoch">Its epoch as leader: higher than that of every coordinator before it.</param>
    public CoordinatorNode Start(Epoch epoch) => new(epoch, executor, parts);
}
