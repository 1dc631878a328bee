using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs.Bundles;
using QueryStream.Hosting;
using QueryStream.Streams;

namespace QueryStream.Blobs;

/// <summary>The code of jobs as a service of a process.</summary>
public static class BlobServices
{
    /// <summary>
    /// For a coordinator: registers the <see cref="BlobStore"/>, to which submitters send files, and the <see cref="IJobLoader"/> that loads jobs
    /// from it. <see cref="BlobOptions"/> come from the section <c>QueryStream:Blobs</c>. The host may register <see cref="IBlobCopies"/>.
    /// </summary>
    public static IServiceCollection AddQueryStreamBlobStore(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<BlobOptions>(BlobOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new BlobStore(
            provider.GetRequiredService<BlobOptions>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<BlobStore>>(),
            provider.GetService<IBlobCopies>()));
        services.TryAddSingleton<IBlobSource>(provider => provider.GetRequiredService<BlobStore>());
        services.TryAddSingleton<BundleLoader>();
        services.TryAddSingleton<IJobLoader>(provider => provider.GetRequiredService<BundleLoader>());
        return services;
    }

    /// <summary>
    /// For a worker: registers the <see cref="IJobLoader"/> that fetches files from the leading coordinator. <see cref="BlobOptions"/> come from the
    /// section <c>QueryStream:Blobs</c>.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="leader">Called for each file: the HTTP address of the leading coordinator; null while it is not known.</param>
    /// <param name="connect">Called once: how to connect to coordinators.</param>
    public static IServiceCollection AddQueryStreamRemoteBlobs(
        this IServiceCollection services, Func<IServiceProvider, Uri?> leader, Func<IServiceProvider, SocketsHttpHandler> connect)
    {
        services.AddQueryStreamOptions<BlobOptions>(BlobOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IBlobSource>(provider =>
        {
            SocketsHttpHandler handler = connect(provider);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
            return new HttpBlobSource(
                new HttpClient(handler),
                () => leader(provider),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HttpBlobSource>>());
        });
        services.TryAddSingleton<BundleLoader>();
        services.TryAddSingleton<IJobLoader>(provider => provider.GetRequiredService<BundleLoader>());
        return services;
    }
}
