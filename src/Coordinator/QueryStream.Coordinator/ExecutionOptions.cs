using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator;

/// <summary>How a job is executed: its checkpoints and restarts. Settings of the engine; those of the job are <see cref="JobSettings"/>.</summary>
public sealed record ExecutionOptions
{
    /// <summary>All defaults: no checkpoints, and no restart.</summary>
    public static ExecutionOptions Default { get; } = new();

    /// <summary>The settings with their defaults.</summary>
    public static IReadOnlyList<SettingInfo> Settings { get; } =
        [.. SettingsBinder.Describe<CheckpointSettings>(), .. SettingsBinder.Describe<RestartSettings>()];

    /// <summary>How checkpoints are taken.</summary>
    public CheckpointSettings Checkpoints { get; init; } = new();

    /// <summary>How the job restarts after a failure.</summary>
    public RestartSettings Restarts { get; init; } = new();

    /// <summary>Whether there is a setting of that name.</summary>
    public static bool Has(string name) => Settings.Any(setting => setting.Name == name);

    /// <summary>Parses settings by name, such as <c>execution.checkpointing.interval</c>.</summary>
    /// <exception cref="SettingException">A name is unknown or a value is not allowed.</exception>
    public static ExecutionOptions Parse(IReadOnlyDictionary<string, string> values)
    {
        string? unknown = values.Keys.FirstOrDefault(name => !Has(name));
        return unknown is null
            ? new ExecutionOptions { Checkpoints = Bind<CheckpointSettings>(values), Restarts = Bind<RestartSettings>(values) }
            : throw SettingsBinder.Unknown(unknown, Settings.Select(setting => setting.Name));
    }

    private static T Bind<T>(IReadOnlyDictionary<string, string> values)
        where T : new()
    {
        HashSet<string> names = [.. SettingsBinder.Describe<T>().Select(setting => setting.Name)];
        return SettingsBinder.Bind<T>(values.Where(value => names.Contains(value.Key)).ToDictionary(value => value.Key, value => value.Value));
    }
}
