using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace QueryStream.Cluster.Host.Telemetry;

/// <summary>
/// Metrics and traces of a process. <c>/metrics</c> has the metrics as text for Prometheus; where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, metrics
/// and traces also go there.
/// </summary>
internal static class TelemetryServices
{
    /// <summary>The path of the metrics.</summary>
    public const string Path = "/metrics";

    /// <summary>The name of the meter, and of the source of traces.</summary>
    public const string Name = "QueryStream";

    // The meter of .NET itself.
    private const string Runtime = "System.Runtime";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Registers what a process exports.</summary>
    /// <param name="builder">The process.</param>
    /// <param name="role">Its role, of which the service's name is made.</param>
    public static void Add(WebApplicationBuilder builder, NodeRole role)
    {
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(new ActivitySource(Name));
        builder.Services.AddSingleton(new Meter(Name));
        builder.Services.AddSingleton(static _ => new PrometheusText(Name, Runtime));
        if (builder.Configuration[Endpoint] is not { Length: > 0 } && Environment.GetEnvironmentVariable(Endpoint) is not { Length: > 0 })
        {
            return;
        }

        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService($"querystream-{role.ToString().ToLowerInvariant()}"))
            .WithMetrics(static metrics => metrics.AddMeter(Name, Runtime).AddOtlpExporter())
            .WithTracing(static traces => traces.AddSource(Name).AddOtlpExporter());
        if (role == NodeRole.Coordinator)
        {
            builder.Services.AddHostedService<CoordinatorTraces>();
        }
    }

    /// <summary>
    /// Maps the path of the metrics. They come as plain text, whatever is asked for: Prometheus would rather have OpenMetrics, in which the name of
    /// every counter ends in <c>_total</c>, so it would not be Flink's.
    /// </summary>
    public static void Map(WebApplication application)
    {
        // It listens from the start on.
        PrometheusText text = application.Services.GetRequiredService<PrometheusText>();
        application.MapGet(Path, context =>
        {
            context.Response.ContentType = PrometheusText.ContentType;
            return context.Response.WriteAsync(text.Read(), context.RequestAborted);
        });
    }
}
