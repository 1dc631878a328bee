using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Connectors.Terminal;
using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary>A job, the settings after <c>--</c>, and the options of the command line that runs it. An option that is not given is null.</summary>
/// <param name="Job">The job.</param>
/// <param name="Settings">Its settings.</param>
internal sealed record RunRequest(JobDescription Job, Dictionary<string, string> Settings)
{
    private const string KafkaSetting = "kafka";
    private const string RedisSetting = "redis";
    private const string TopicSetting = "topic";
    private const string BoundedSetting = "bounded";

    /// <summary>The assembly that the job is from; null for the jobs of the catalogue.</summary>
    public UserJob? Assembly { get; init; }

    /// <summary>The option --kafka.</summary>
    public string? Kafka { get; init; }

    /// <summary>The option --redis.</summary>
    public string? Redis { get; init; }

    /// <summary>The option --bounded.</summary>
    public bool IsBounded { get; init; }

    /// <summary>The option --parallelism.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The option --workers.</summary>
    public int? Workers { get; init; }

    /// <summary>The option --slots.</summary>
    public int? Slots { get; init; }

    /// <summary>The option --json.</summary>
    public bool Json { get; init; }

    /// <summary>What the job starts from, how it is executed, and how it stops.</summary>
    public LocalRunOptions Options { get; init; } = LocalRunOptions.Default;

    /// <summary>How often the cluster reports metrics; null for its default.</summary>
    public TimeSpan? MetricsInterval { get; init; }

    /// <summary>Kafka's address, after <see cref="Apply"/>.</summary>
    public string KafkaAddress => SettingArguments.ValueOf(Job, Settings, KafkaSetting);

    /// <summary>The topic of the job, which must exist before it starts; null if it names none.</summary>
    public string? TopicToCheck => SettingArguments.Has(Job, KafkaSetting) && SettingArguments.Has(Job, TopicSetting)
        ? SettingArguments.ValueOf(Job, Settings, TopicSetting)
        : null;

    /// <summary>A host with a local cluster as the options say, still without clients for sources and sinks.</summary>
    /// <param name="terminal">Where rows are printed with <c>--json</c>: its stderr, since stdout is for the object alone.</param>
    public HostApplicationBuilder CreateBuilder(Terminal terminal)
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder(
            (Key(nameof(LocalClusterOptions.Parallelism)), Number(Parallelism)),
            (Key(nameof(LocalClusterOptions.Workers)), Number(Workers)),
            (Key(nameof(LocalClusterOptions.Slots)), Number(Slots)),
            (Key(nameof(LocalClusterOptions.MetricsInterval)), MetricsInterval is TimeSpan interval ? Durations.Format(interval) : null));
        builder.Services.AddQueryStreamLocalCluster();
        if (Json)
        {
            builder.Services.AddSingleton(new ConsoleOutput(terminal.Error));
        }

        return builder;

        static string Key(string option) => $"{LocalClusterOptions.Section}:{option}";
        static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Turns options into settings of the job, and checks all settings before anything is connected.</summary>
    /// <param name="services">Provide the configured addresses, for a job that names none.</param>
    /// <returns>The job and its settings.</returns>
    /// <exception cref="QueryStreamException">A setting is unknown, or its value is not allowed.</exception>
    public (IStreamJob Job, JobSettings Settings) Apply(IServiceProvider services)
    {
        // The settings of a user's job are known for certain only when it has been defined with all of them.
        if (Assembly is null)
        {
            SettingArguments.RequireKnown(Job, Settings.Keys);
        }

        SetAddress(KafkaSetting, Kafka, () => services.GetService<KafkaClientOptions>()?.BootstrapServers);
        SetAddress(RedisSetting, Redis, () => services.GetService<RedisClientOptions>()?.Address);
        if (IsBounded)
        {
            RequireFor("--bounded", BoundedSetting);
            Settings[BoundedSetting] = "true";
        }

        IStreamJob job = Job.Create();
        JobSettings settings = new(Settings);
        _ = Assembly?.Build(Settings) ?? StreamBuilder.Build(job, settings);
        return (job, settings);
    }

    // The option wins over the setting, the setting over the configuration, and that over the job's default. The configuration is read, and
    // validated, only for a job that has the setting.
    private void SetAddress(string setting, string? option, Func<string?> configured)
    {
        if (option is not null)
        {
            RequireFor($"--{setting}", setting);
            Settings[setting] = option;
        }
        else if (SettingArguments.Has(Job, setting) && configured() is { } address)
        {
            Settings.TryAdd(setting, address);
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
