using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace QueryStream.Coordinator;

/// <summary>The coordinator as a role of a process.</summary>
public static class CoordinatorServices
{
    /// <summary>
    /// Registers the <see cref="CoordinatorNode"/>. It needs an <see cref="Core.Actors.Executor"/>, a <see cref="Streams.IJobLoader"/> and
    /// logging from the host.
    /// </summary>
    public static IServiceCollection AddQueryStreamCoordinator(this IServiceCollection services)
    {
        services.TryAddSingleton<CoordinatorNode>();
        return services;
    }
}
