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

    /// <inheritdoc/>
    public void Validate()
    {
        if (SlotRequestTimeout < TimeSpan.Zero || SlotRequestTimeout > MaxTimeout)
        {
            throw new SettingException(
                nameof(SlotRequestTimeout),
                $"{Durations.Format(SlotRequestTimeout)} is not allowed. Allowed: 0ms to {Durations.Format(MaxTimeout)}.");
        }
    }
}
