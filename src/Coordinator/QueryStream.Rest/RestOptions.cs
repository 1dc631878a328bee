using QueryStream.Core.Errors;
using QueryStream.Streams.Settings;

namespace QueryStream.Rest;

/// <summary>The options of the REST interface.</summary>
public sealed record RestOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Rest";

    private const int MaxParallelism = 32_768;

    /// <summary>The parallelism of jobs that are submitted without one: Flink's default.</summary>
    [Setting(nameof(DefaultParallelism), "the parallelism of jobs that are submitted without one")]
    public int DefaultParallelism { get; init; } = 1;

    /// <summary>The maximum size of a request other than the files of a job, in bytes.</summary>
    [Setting(nameof(MaxRequestBytes), "the maximum size of a request other than the files of a job, in bytes")]
    public int MaxRequestBytes { get; init; } = 1024 * 1024;

    /// <inheritdoc/>
    public void Validate()
    {
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
