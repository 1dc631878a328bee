using QueryStream.Core.Errors;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Running;
using QueryStream.Streams;

namespace QueryStream.JobSubmit.Commands;

/// <summary>What is asked of <c>run</c>: options and settings, not yet made into one.</summary>
/// <param name="Job">The job.</param>
/// <param name="Settings">Its settings, as given.</param>
/// <param name="Parallelism">Its parallelism.</param>
internal sealed record RunRequest(JobDescription Job, Dictionary<string, string> Settings, int Parallelism)
{
    private const string KafkaSetting = "kafka";
    private const string RedisSetting = "redis";
    private const string TopicSetting = "topic";
    private const string BoundedSetting = "bounded";

    /// <summary>The option --kafka; null where it is not given.</summary>
    public string? Kafka { get; init; }

    /// <summary>The option --redis; null where it is not given.</summary>
    public string? Redis { get; init; }

    /// <summary>The option --bounded.</summary>
    public bool IsBounded { get; init; }

    /// <summary>The option --workers.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>The option --slots; null where it is not given.</summary>
    public int? Slots { get; init; }

    /// <summary>The assembly that the job is from; null for the jobs of the catalogue.</summary>
    public UserJob? Assembly { get; init; }

    /// <summary>The option --json.</summary>
    public bool Json { get; init; }

    /// <summary>Where Kafka is looked for; after <see cref="ToPlan"/>.</summary>
    public string KafkaAddress => SettingArguments.ValueOf(Job, Settings, KafkaSetting);

    /// <summary>The topic that the job reads; null where it reads none.</summary>
    public string? TopicToCheck => SettingArguments.Has(Job, KafkaSetting) && SettingArguments.Has(Job, TopicSetting)
        ? SettingArguments.ValueOf(Job, Settings, TopicSetting)
        : null;

    /// <summary>Makes options into settings, and checks those before anything is connected.</summary>
    /// <exception cref="QueryStreamException">A setting is unknown, or its value is not allowed.</exception>
    public LocalPlan ToPlan()
    {
        // Which settings the job of a user has is known for certain only when it was defined with all of them.
        if (Assembly is null)
        {
            SettingArguments.RequireKnown(Job, Settings.Keys);
        }

        Apply(KafkaSetting, Kafka, CommonOptions.KafkaFromEnvironment);
        Apply(RedisSetting, Redis, CommonOptions.RedisFromEnvironment);
        if (IsBounded)
        {
            Settings[BoundedSetting] = "true";
            RequireFor("--bounded", BoundedSetting);
        }

        IStreamJob job = Job.Create();
        _ = Assembly?.Build(Settings) ?? StreamBuilder.Build(job, SettingArguments.ToJobSettings(Settings));
        return new LocalPlan(job, SettingArguments.ToJobSettings(Settings), Parallelism, Workers, Slots) { IsOfUser = Assembly is not null };
    }

    // The option comes before the setting, the setting before the environment, that before the default.
    private void Apply(string setting, string? option, Func<string?> environment)
    {
        if (option is not null)
        {
            RequireFor($"--{setting}", setting);
            Settings[setting] = option;
        }
        else if (SettingArguments.Has(Job, setting) && !Settings.ContainsKey(setting) && environment() is { } address)
        {
            Settings[setting] = address;
        }
    }

    private void RequireFor(string option, string setting)
    {
        if (!SettingArguments.Has(Job, setting))
        {
            throw new UsageException($"{option} means nothing to the job '{Job.Title}': it has no setting '{setting}'.");
        }
    }
}
