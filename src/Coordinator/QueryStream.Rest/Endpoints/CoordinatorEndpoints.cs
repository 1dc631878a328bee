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
            table.Get($"{prefix}/config", "What the coordinator was started with, without secrets.", static (context, _) => SettingsOf(context));
            table.Get($"{prefix}/environment", "What the coordinator runs in: .NET and its assemblies.", static (_, _) => Environment());
        }
    }

    private static IReadOnlyList<SettingDetails> SettingsOf(HttpContext context)
    {
        EffectiveSettings settings = context.RequestServices.GetRequiredService<EffectiveSettings>();
        RestOptions options = context.RequestServices.GetRequiredService<RestOptions>();
        string parallelism = options.DefaultParallelism.ToString(CultureInfo.InvariantCulture);
        return
        [
            .. settings.Values.Where(setting => setting.Key != RestOptions.ParallelismKey)
                .Append(KeyValuePair.Create(RestOptions.ParallelismKey, parallelism))
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
