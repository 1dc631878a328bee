using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using MudBlazor.Services;
using QueryStream.Hosting;
using QueryStream.Rest;
using QueryStream.Web.Access;
using QueryStream.Web.Assets;
using QueryStream.Web.Components;
using QueryStream.Web.Watching;

namespace QueryStream.Web;

/// <summary>The web pages of a coordinator as part of an ASP.NET Core application, below <c>/ui</c>, and who may use them and REST.</summary>
public static class WebServices
{
    /// <summary>
    /// Registers what the pages need. The host registers an <see cref="ILeadership"/>, what REST needs, and an <see cref="IClusterMembers"/>.
    /// <see cref="WebOptions"/> come from the section <c>QueryStream:Web</c>.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    public static IServiceCollection AddQueryStreamWeb(this IServiceCollection services)
    {
        services.AddQueryStreamOptions<WebOptions>(WebOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<Credentials>();
        services.TryAddSingleton<WebAccess>();
        services.TryAddSingleton<ClusterWatch>();
        services.AddHostedService(static provider => provider.GetRequiredService<ClusterWatch>());
        services.TryAddScoped<PageAccess>();
        services.TryAddScoped<JobActions>();
        services.AddDataProtection();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>, ProcessKeys>();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        return services;
    }

    /// <summary>
    /// Refuses requests of pages and of REST that the options do not allow, and sends browsers to the leader. Before all endpoints.
    /// </summary>
    public static IApplicationBuilder UseQueryStreamWeb(this IApplicationBuilder application)
    {
        application.ApplicationServices.GetRequiredService<WebAccess>().UseIn(application);
        application.Use(LeadAsync);
        application.UseAntiforgery();
        return application;
    }

    /// <summary>Maps the pages, what they are made of, <c>/</c>, which leads to the first one, and <c>/openapi</c>.</summary>
    public static IEndpointRouteBuilder MapQueryStreamWeb(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", static context =>
        {
            context.Response.Redirect($"{WebPaths.Root}/");
            return Task.CompletedTask;
        });
        endpoints.MapGet(WebPaths.Alive, static context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        AssetEndpoints.Map(endpoints);
        SignInEndpoints.Map(endpoints);
        OpenApiPage.Map(endpoints);
        endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode(static options => options.ContentSecurityFrameAncestorsPolicy = null);
        return endpoints;
    }

    private static async Task LeadAsync(HttpContext context, RequestDelegate next)
    {
        ILeadership leadership = context.RequestServices.GetRequiredService<ILeadership>();
        PathString path = context.Request.Path;
        bool isPage = path == "/" || (WebPaths.IsBelow(path, WebPaths.Root) && !WebPaths.IsBelow(path, WebPaths.Assets) && path != WebPaths.Alive);
        if (!isPage || leadership.Leading is not null)
        {
            await next(context);
        }
        else if (leadership.LeaderAddress is { } leader)
        {
            context.Response.Headers.Location = LeaderRedirect.AddressOf(context, leader).ToString();
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        }
        else
        {
            await NoLeaderPage.WriteAsync(context);
        }
    }
}
