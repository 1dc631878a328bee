using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Core.Errors;

namespace QueryStream.Local;

/// <summary>How a cluster in one process is set up.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>The most workers that are possible.</summary>
    public const int MaxWorkers = 256;

    /// <summary>The most slots that a worker may have.</summary>
    public const int MaxSlotsPerWorker = 1_024;

    /// <summary>How many workers: 1 to 256.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>How many slots each of them has: 1 to 1,024.</summary>
    public int SlotsPerWorker { get; init; } = 2;

    /// <summary>How often running tasks report what they have counted.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where to log.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Clients of systems outside, for sources and sinks. The cluster does not dispose of them.</summary>
    public IServiceProvider Services { get; init; } = NoServices.Instance;

    /// <summary>Checks the values.</summary>
    /// <exception cref="SettingException">One is not allowed.</exception>
    public void Validate()
    {
        if (Workers is < 1 or > MaxWorkers)
        {
            throw new SettingException("workers", $"{Workers} is not possible: 1 to {MaxWorkers} are.");
        }

        if (SlotsPerWorker is < 1 or > MaxSlotsPerWorker)
        {
            throw new SettingException("slots", $"{SlotsPerWorker} is not possible: 1 to {MaxSlotsPerWorker} for each worker are.");
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}
