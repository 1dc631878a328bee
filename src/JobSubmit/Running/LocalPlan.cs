using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Running;

/// <summary>A job, and the cluster in this process that is to run it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Parallelism">Its parallelism.</param>
/// <param name="Workers">How many workers.</param>
/// <param name="Slots">How many slots each worker has; null: as many as the parallelism needs, at least 2, at most what a worker may have.</param>
internal sealed record LocalPlan(IStreamJob Job, JobSettings Settings, int Parallelism, int Workers, int? Slots)
{
    private const int FewestSlots = 2;

    /// <summary>Whether the job is from an assembly of the user.</summary>
    public bool IsOfUser { get; init; }

    /// <summary>How many slots each worker has.</summary>
    public int SlotsPerWorker => Slots ?? Math.Clamp((Parallelism + Workers - 1) / Workers, FewestSlots, LocalClusterOptions.MaxSlotsPerWorker);
}
