using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Rest;

/// <summary>The options of the REST interface.</summary>
public sealed record RestOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Rest";

    /// <summary>Flink's key of <see cref="DefaultParallelism"/>, which a submission may have among the settings of the engine.</summary>
    public const string ParallelismKey = "parallelism.default";

    private const int MaxParallelism = 32_768;

    /// <summary>The parallelism of jobs that are submitted without one; the host may set another default.</summary>
    [Setting(nameof(DefaultParallelism), "the parallelism of jobs that are submitted without one")]
    public int DefaultParallelism { get; init; } = 1;

    /// <summary>The maximum size of a request other than the files of a job, in bytes.</summary>
    [Setting(nameof(MaxRequestBytes), "the maximum size of a request other than the files of a job, in bytes")]
    public int MaxRequestBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a worker may take to send its log or a thread dump.</summary>
    [Setting(nameof(WorkerTimeout), "how long a worker may take to send its log or a thread dump, 10ms to 1h")]
    public TimeSpan WorkerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public void Validate()
    {
        if (WorkerTimeout < TimeSpan.FromMilliseconds(10) || WorkerTimeout > TimeSpan.FromHours(1))
        {
            throw new SettingException(nameof(WorkerTimeout), $"{Durations.Format(WorkerTimeout)} is not allowed. Allowed: 10ms to 1h.");
        }

        if (DefaultParallelism is < 1 or > MaxParallelism)
        {
            throw new SettingException(nameof(DefaultParallelism), $"{DefaultParallelism} is not allowed. Allowed: 1 to {MaxParallelism}.");
        }

        if (MaxRequestBytes < 1024)
        {
            throw new SettingException(nameof(MaxRequestBytes), $"{MaxRequestBytes} is not allowed. Allowed: at least 1024.");
        }
    }
}

/// <summary>
/// Settings of the engine for jobs that do not set them, such as <c>execution.checkpointing.interval</c>. A process may register some.
/// </summary>
/// <param name="Values">The settings by name.</param>
public sealed record JobDefaults(IReadOnlyDictionary<string, string> Values)
{
    /// <summary>None.</summary>
    public static JobDefaults None { get; } = new(new Dictionary<string, string>());

    /// <summary>The settings of a job, with these where it has none.</summary>
    internal Dictionary<string, string> Under(IReadOnlyDictionary<string, string> own)
    {
        Dictionary<string, string> all = new(Values, StringComparer.Ordinal);
        foreach ((string name, string value) in own)
        {
            all[name] = value;
        }

        return all;
    }
}
