using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Worker;

/// <summary>How a worker is set up.</summary>
/// <param name="Worker">Its name, unique in the cluster.</param>
/// <param name="Slots">How many slots it offers: 1 to 1,024.</param>
public sealed record WorkerOptions(WorkerId Worker, int Slots)
{
    private const int MaxSlots = 1_024;

    /// <summary>How often running tasks report what they have counted.</summary>
    public TimeSpan MetricsInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Checks the values.</summary>
    /// <exception cref="SettingException">One is not allowed.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Worker.Name))
        {
            throw new SettingException("worker.name", "is empty, but workers are told apart by it.");
        }

        if (Slots is < 1 or > MaxSlots)
        {
            throw new SettingException("worker.slots", $"{Slots} is not possible for {Worker}: 1 to {MaxSlots} are.");
        }

        if (MetricsInterval < TimeSpan.FromMilliseconds(10) || MetricsInterval > TimeSpan.FromHours(1))
        {
            throw new SettingException("worker.metrics-interval", $"{MetricsInterval} is not possible: 10 ms to 1 h are.");
        }
    }
}
