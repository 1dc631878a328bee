using QueryStream.Coordinator;
using QueryStream.Rest;
using QueryStream.Streams.Settings;

namespace QueryStream.Web.Texts;

/// <summary>Settings of the engine as pages show them: without passwords and the like.</summary>
internal static class EngineSettings
{
    /// <summary>Those that a job runs with, those with their defaults too.</summary>
    public static IEnumerable<(string Name, string Value)> EffectiveOf(ExecutionOptions options) =>
        SettingsBinder.Describe(options.Checkpoints).Concat(SettingsBinder.Describe(options.Restarts))
            .Select(setting => (setting.Name, EffectiveSettings.Shown(setting.Name, setting.Default)));
}
