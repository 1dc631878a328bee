using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Samples.FraudDetection;

/// <summary>What can be set when the job is started.</summary>
public sealed class FraudDetectionSettings : IValidatedSettings
{
    /// <summary>What is read.</summary>
    [Setting("input", "a file, a folder or a pattern of CSV files with the columns card, amount, at; empty: payments are generated")]
    public string Input { get; init; } = "";

    /// <summary>Where alerts are written.</summary>
    [Setting("output", "a folder for alerts as JSON lines; empty: they are printed")]
    public string Output { get; init; } = "";

    /// <summary>The time after a small payment in which a large one is suspicious.</summary>
    [Setting("within", "how long after a small payment a large one is suspicious")]
    public TimeSpan Within { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The limit of small payments.</summary>
    [Setting("small", "payments below this are small")]
    public int Small { get; init; } = 1;

    /// <summary>The limit of large payments.</summary>
    [Setting("large", "payments above this are large")]
    public int Large { get; init; } = 500;

    /// <inheritdoc/>
    public void Validate()
    {
        if (Within <= TimeSpan.Zero)
        {
            throw new SettingException("within", $"'{Durations.Format(Within)}' is not possible; it must be more than 0.");
        }
    }
}
