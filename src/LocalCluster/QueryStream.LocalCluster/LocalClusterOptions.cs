using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;
using QueryStream.Worker;

namespace QueryStream.Local;

/// <summary>The options of a cluster in one process.</summary>
public sealed record LocalClusterOptions : IValidatedSettings
{
    /// <summary>The section of the configuration that holds them.</summary>
    public const string Section = "QueryStream:LocalCluster";

    /// <summary>The maximum number of workers.</summary>
    public const int MaxWorkers = 256;

    /// <summary>The maximum parallelism.</summary>
    public const int MaxParallelism = 32_768;

    private const int MinSlotsPerWorker = 2;
    private const int MaxDefaultParallelism = 16;

    /// <summary>The number of workers.</summary>
    [Setting(nameof(Workers), "how many workers the cluster has, 1 to 256")]
    public int Workers { get; init; } = 2;

    /// <summary>The number of slots of each worker; null: as many as the first job needs, at least 2.</summary>
    [Setting(nameof(Slots), "how many slots each worker has, 1 to 1024; off: as many as the job needs, at least 2")]
    public int? Slots { get; init; }

    /// <summary>The parallelism of jobs that are submitted without one: one subtask per core, at most 16, unless it is set.</summary>
    [Setting(nameof(Parallelism), "how many subtasks each operator has for which its job says nothing else; unset: one per core, at most 16")]
    public int Parallelism { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, MaxDefaultParallelism);

    /// <summary>The interval at which running tasks report their metrics.</summary>
    [Setting(nameof(MetricsInterval), "how often running tasks report their metrics, 10ms to 1h")]
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public void Validate()
    {
        Require(Workers is >= 1 and <= MaxWorkers, nameof(Workers), $"{Workers}", $"1 to {MaxWorkers}");
        Require(Slots is null or (>= 1 and <= WorkerOptions.MaxSlots), nameof(Slots), $"{Slots}", $"1 to {WorkerOptions.MaxSlots}");
        Require(Parallelism is >= 1 and <= MaxParallelism, nameof(Parallelism), $"{Parallelism}", $"1 to {MaxParallelism}");
        Require(
            MetricsInterval >= TimeSpan.FromMilliseconds(10) && MetricsInterval <= TimeSpan.FromHours(1),
            nameof(MetricsInterval), Durations.Format(MetricsInterval), "10ms to 1h");
    }

    /// <summary>The number of slots of each worker, so that a job has one per subtask of its largest parallelism.</summary>
    /// <exception cref="SettingException"><see cref="Slots"/> or <see cref="Workers"/> is too small for the job.</exception>
    internal int SlotsPerWorker(string job, int needed)
    {
        int each = DivideUp(needed, Workers);
        if (each > WorkerOptions.MaxSlots)
        {
            throw new SettingException(
                $"{Section}:{nameof(Workers)}",
                $"{Workers} is too few: job '{job}' needs {needed} slots, its largest parallelism, "
                + $"and a worker has at most {WorkerOptions.MaxSlots}. "
                + $"Set it (--workers) to {DivideUp(needed, WorkerOptions.MaxSlots)} or more, or lower the parallelism.");
        }

        if (Slots < each)
        {
            throw new SettingException(
                $"{Section}:{nameof(Slots)}",
                $"{Slots} is too few: job '{job}' needs {needed} slots, its largest parallelism, and there are {Slots * Workers}. "
                + $"Set it (--slots) to {each} or more, leave it unset, or lower the parallelism.");
        }

        return Slots ?? Math.Max(each, MinSlotsPerWorker);
    }

    private static int DivideUp(int number, int by) => (number + by - 1) / by;

    private static void Require(bool isAllowed, string setting, string value, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, $"{value} is not allowed. Allowed: {allowed}.");
        }
    }
}
