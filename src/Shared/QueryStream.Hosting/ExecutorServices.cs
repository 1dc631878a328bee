using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;

namespace QueryStream.Hosting;

/// <summary>Where the actors of a process run.</summary>
public static partial class ExecutorServices
{
    /// <summary>Registers the <see cref="Executor"/> of the process: the thread pool, with its clock, and with its log for defects.</summary>
    public static IServiceCollection AddQueryStreamExecutor(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Executor>(static provider =>
        {
            ILogger log = provider.GetRequiredService<ILogger<Executor>>();
            return new ThreadPoolExecutor(provider.GetRequiredService<TimeProvider>(), (actor, exception) => ActorFailed(log, exception, actor));
        });
        return services;
    }

    [LoggerMessage(3200, LogLevel.Critical, "Actor {Actor} threw in its fault handler, which is a bug in QueryStream. It has stopped")]
    private static partial void ActorFailed(ILogger logger, Exception exception, string actor);
}
