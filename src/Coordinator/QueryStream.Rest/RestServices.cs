using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Checkpoints.Storage;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Registry;
using QueryStream.Hosting;
using QueryStream.Rest.Endpoints;
using QueryStream.Rest.OpenApi;
using QueryStream.Rest.Submissions;
using QueryStream.Rest.Threads;
using QueryStream.Rest.Uploads;

namespace QueryStream.Rest;

/// <summary>The REST interface of a coordinator as part of an ASP.NET Core application: Flink's paths, and those to submit jobs.</summary>
public static class RestServices
{
    /// <summary>
    /// Registers what the endpoints need. The host registers an <see cref="ILeadership"/> and, by <see cref="BlobServices.AddQueryStreamBlobStore"/>,
    /// the store of blobs, from which those are deleted that no job needs, and an <see cref="Coordinator.State.IKeyOwners"/> if it can show keyed
    /// state. <see cref="RestOptions"/> come from the section <c>QueryStream:Rest</c>.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="connect">Called once: how to connect to workers, of which logs are read; null: without certificates.</param>
    public static IServiceCollection AddQueryStreamRest(
        this IServiceCollection services, Func<IServiceProvider, SocketsHttpHandler>? connect = null)
    {
        services.AddRoutingCore();
        services.AddQueryStreamOptions<RestOptions>(RestOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SavepointOperations>();
        services.TryAddSingleton(provider => new SavepointDisposal(
            provider.GetRequiredService<CheckpointStorages>(), provider.GetService<IJobRegistry>()));
        services.TryAddSingleton<UploadList>();
        services.TryAddSingleton(JobDefaults.None);
        services.TryAddSingleton<SubmissionService>();
        services.TryAddSingleton(provider => new UploadService(
            provider.GetRequiredService<BlobStore>(),
            provider.GetRequiredService<UploadList>(),
            provider.GetRequiredService<SubmissionService>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UploadService>>()));
        services.TryAddSingleton<RecentLog>();
        services.TryAddSingleton<ProcessProbe>();
        services.TryAddSingleton(EffectiveSettings.None);
        services.TryAddSingleton<ThreadDumper>();
        services.TryAddSingleton(provider => new WorkerClient(
            provider.GetRequiredService<RestOptions>(), connect?.Invoke(provider) ?? new SocketsHttpHandler { UseProxy = false }));
        services.AddHostedService(provider => new BlobCleanup(
            provider.GetRequiredService<BlobStore>(),
            provider.GetRequiredService<ILeadership>(),
            provider.GetService<IJobRegistry>(),
            provider.GetRequiredService<UploadList>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BlobCleanup>>()));
        return services;
    }

    /// <summary>
    /// Maps all endpoints, at <c>/</c> and, as Flink does, at <c>/v1</c>. See docs/rest.md. Other paths are the host's; for one without a page
    /// of its own, <see cref="MapQueryStreamRestFallback"/> answers.
    /// </summary>
    public static IEndpointRouteBuilder MapQueryStreamRest(this IEndpointRouteBuilder endpoints)
    {
        RouteTable routes = MapAt(endpoints, "");
        _ = MapAt(endpoints, "/v1");
        OpenApiEndpoint.Map(endpoints, routes.Routes);
        return endpoints;
    }

    /// <summary>
    /// Maps what a process of any role tells about itself: <c>GET</c> and <c>HEAD /log</c>, the last lines that it has logged, from the
    /// <see cref="RecentLog"/> of its services, and <c>GET /thread-dump</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapQueryStreamProcess(this IEndpointRouteBuilder endpoints)
    {
        LogEndpoints.MapOwn(endpoints);
        ThreadDumpEndpoints.MapOwn(endpoints);
        return endpoints;
    }

    /// <summary>Answers all paths that nothing else is mapped to as Flink does: 404 with an error as JSON.</summary>
    public static IEndpointRouteBuilder MapQueryStreamRestFallback(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapFallback("{*path}", context => RestErrors.WriteAsync(
            context, new RestException(404, $"There is nothing at {context.Request.Path}. docs/rest.md lists all paths.")));
        return endpoints;
    }

    private static RouteTable MapAt(IEndpointRouteBuilder endpoints, string prefix)
    {
        RouteTable table = new(endpoints, prefix);
        ClusterEndpoints.Map(table);
        LogEndpoints.Map(table);
        ThreadDumpEndpoints.Map(table);
        JobEndpoints.Map(table);
        VertexEndpoints.Map(table);
        MetricEndpoints.Map(table);
        CheckpointEndpoints.Map(table);
        AccumulatorEndpoints.Map(table);
        JobConfigEndpoints.Map(table);
        CoordinatorEndpoints.Map(table);
        StateEndpoints.Map(table);
        SubmitEndpoint.Map(table);
        UploadEndpoints.Map(table);
        DisposalEndpoints.Map(table);
        SavepointEndpoints.Map(table);
        BlobEndpoints.Map(table);
        table.MapOtherMethods();
        return table;
    }
}
