using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Samples.WordCount;

/// <summary>What can be set when the job is started.</summary>
public sealed class WordCountSettings : IValidatedSettings
{
    /// <summary>What is read.</summary>
    [Setting("input", "a file, a folder or a pattern of text files; empty: lines are generated")]
    public string Input { get; init; } = "";

    /// <summary>The size of the windows.</summary>
    [Setting("window", "the size of the windows in which words are counted")]
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many lines are generated.</summary>
    [Setting("lines", "how many lines are generated if there is no input; 0: without end")]
    public long Lines { get; init; } = 10_000;

    /// <summary>How fast lines are generated.</summary>
    [Setting("rate", "how many lines are generated a second; 0: as fast as possible")]
    public int Rate { get; init; }

    /// <inheritdoc/>
    public void Validate()
    {
        if (Window <= TimeSpan.Zero)
        {
            throw new SettingException("window", $"'{Durations.Format(Window)}' is not possible; it must be more than 0.");
        }

        if (Lines < 0 || Rate < 0)
        {
            throw new SettingException(Lines < 0 ? "lines" : "rate", $"'{(Lines < 0 ? Lines : Rate)}' is not possible; it must be 0 or more.");
        }
    }
}
