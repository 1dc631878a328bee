namespace QueryStream.Core.Errors;

/// <summary>A job needs more slots than are free.</summary>
/// <param name="needed">The job's parallelism.</param>
/// <param name="free">Free slots in the cluster.</param>
/// <param name="workers">Registered workers.</param>
public sealed class NotEnoughSlotsException(int needed, int free, int workers) : QueryStreamException(
    $"The job needs {Count(needed, "slot")}, but {free} {(free == 1 ? "is" : "are")} free on {Count(workers, "worker")}. Lower --parallelism, or start workers with more slots (--slots, --workers).")
{
    /// <summary>The job's parallelism.</summary>
    public int Needed { get; } = needed;

    /// <summary>Free slots in the cluster.</summary>
    public int Free { get; } = free;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NotEnoughSlots;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
