using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis.Checkpoints;
using QueryStream.Hosting;

namespace QueryStream.Connectors.Redis;

/// <summary>Redis as a service of a process.</summary>
public static class RedisServices
{
    /// <summary>
    /// Registers <see cref="IRedisConnections"/> on StackExchange.Redis and the storage of checkpoints in Redis, with
    /// <see cref="RedisClientOptions"/> from the section <c>QueryStream:Redis</c>. The options are validated when the first sink or storage opens:
    /// a job without Redis does not need them.
    /// </summary>
    public static IServiceCollection AddQueryStreamRedis(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<RedisClientOptions>(RedisClientOptions.Section, validateOnStart: false);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IRedisConnections>(provider => new StackExchangeRedisConnections(
            provider.GetRequiredService<RedisClientOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ICheckpointStorageFactory, RedisStorageFactory>(
            provider => new RedisStorageFactory(provider.GetRequiredService<RedisClientOptions>, provider.GetRequiredService<ILoggerFactory>())));
        return services;
    }
}
