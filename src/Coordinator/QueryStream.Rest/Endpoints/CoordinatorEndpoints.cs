using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using QueryStream.Rest.Model;

namespace QueryStream.Rest.Endpoints;

/// <summary>How the coordinator is set up, and what it runs in.</summary>
internal static class CoordinatorEndpoints
{
    public static void Map(RouteTable table)
    {
        foreach (string prefix in (string[])["/jobmanager", "/jobs/{jobid}/jobmanager"])
        {
            table.Map("GET", $"{prefix}/config", static (context, _) => RestJson.WriteAsync(
                context, SettingsOf(context), RestJson.Default.IReadOnlyListSettingDetails));
            table.Map("GET", $"{prefix}/environment", static (context, _) => RestJson.WriteAsync(
                context, Environment(), RestJson.Default.EnvironmentResponse));
        }
    }

    private static IReadOnlyList<SettingDetails> SettingsOf(HttpContext context)
    {
        EffectiveSettings settings = context.RequestServices.GetService<EffectiveSettings>() ?? EffectiveSettings.None;
        RestOptions options = context.RequestServices.GetRequiredService<RestOptions>();
        string parallelism = options.DefaultParallelism.ToString(CultureInfo.InvariantCulture);
        return
        [
            .. settings.Values.Where(setting => setting.Key != SubmitEndpoint.ParallelismKey)
                .Append(KeyValuePair.Create(SubmitEndpoint.ParallelismKey, parallelism))
                .OrderBy(setting => setting.Key, StringComparer.Ordinal)
                .Select(setting => new SettingDetails(setting.Key, setting.Value)),
        ];
    }

    // Names, not paths: those of the machine are nobody's business.
    private static EnvironmentResponse Environment() => new(
        new RuntimeDetails(
            $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}",
            RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
            [.. GC.GetConfigurationVariables().OrderBy(setting => setting.Key, StringComparer.Ordinal)
                .Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Key}={setting.Value}"))]),
        [.. AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name).OfType<string>().Order(StringComparer.Ordinal)]);
}
