using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator;

/// <summary>The options of a coordinator.</summary>
public sealed record CoordinatorOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Coordinator";

    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(365);

    /// <summary>How long a job waits for slots before it fails; zero: it fails at once. Flink's <c>slot.request.timeout</c>.</summary>
    [Setting(nameof(SlotRequestTimeout), "how long a job waits for slots before it fails, 0ms to 365d; 0ms: it fails at once")]
    public TimeSpan SlotRequestTimeout { get; init; }

    /// <summary>What a job does that cannot have all of its slots. Flink's <c>jobmanager.scheduler</c>.</summary>
    [Setting(nameof(Scheduler), "what a job does that cannot have all of its slots: default (it waits), adaptive (it runs at a lower parallelism)")]
    public Scheduler Scheduler { get; init; }

    /// <summary>
    /// With the adaptive scheduler: how long a new job waits for all of its slots before it runs in fewer, and how long more free slots must be there
    /// before a job is scaled up. Flink's <c>jobmanager.adaptive-scheduler.resource-stabilization-timeout</c>.
    /// </summary>
    [Setting(
        nameof(ResourceStabilizationTimeout),
        "how long the adaptive scheduler waits for more slots before it starts a job in fewer, or scales one up, 0ms to 365d")]
    public TimeSpan ResourceStabilizationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a coordinator that takes over a job waits for the workers that run it to register, before it restarts the job from its last
    /// checkpoint. Zero: it restarts the job at once. Our own <c>high-availability.adoption-timeout</c>.
    /// </summary>
    [Setting(
        nameof(AdoptionTimeout),
        "how long a new leader waits for the workers that run a job before it restarts the job from its last checkpoint, 0ms to 365d; 0ms: at once")]
    public TimeSpan AdoptionTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public void Validate()
    {
        Check(nameof(AdoptionTimeout), AdoptionTimeout);
        Check(nameof(SlotRequestTimeout), SlotRequestTimeout);
        Check(nameof(ResourceStabilizationTimeout), ResourceStabilizationTimeout);
    }

    private static void Check(string name, TimeSpan value)
    {
        if (value < TimeSpan.Zero || value > MaxTimeout)
        {
            throw new SettingException(name, $"{Durations.Format(value)} is not allowed. Allowed: 0ms to {Durations.Format(MaxTimeout)}.");
        }
    }
}

/// <summary>What a job does that cannot have all of its slots.</summary>
public enum Scheduler
{
    /// <summary>It waits.</summary>
    Default,

    /// <summary>It runs at the highest parallelism for which there are slots, and is scaled up when more are free.</summary>
    Adaptive,
}
