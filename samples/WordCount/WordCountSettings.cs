using QueryStream.Streams.Settings;

namespace QueryStream.Samples.WordCount;

/// <summary>What can be set when the job is started.</summary>
public sealed class WordCountSettings
{
    /// <summary>What is read.</summary>
    [Setting("input", "a file, a folder or a pattern of text files; empty: lines are generated")]
    public string Input { get; init; } = "";

    /// <summary>The size of the windows.</summary>
    [Setting("window", "over how long words are counted")]
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many lines are generated.</summary>
    [Setting("lines", "how many lines are generated, where there is no input; 0: without end")]
    public long Lines { get; init; } = 10_000;

    /// <summary>How fast lines are generated.</summary>
    [Setting("rate", "how many lines are generated a second; 0: as fast as it goes")]
    public int Rate { get; init; }
}
