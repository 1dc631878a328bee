using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Checkpoints;

/// <summary>How checkpoints of a job are taken: Flink's settings. A job without <see cref="Directory"/> takes none.</summary>
public sealed record CheckpointSettings : IValidatedSettings
{
    /// <summary>The setting that turns checkpoints on.</summary>
    public const string DirectoryName = "execution.checkpointing.dir";

    /// <summary>The setting that holds the default target of savepoints.</summary>
    public const string SavepointDirectoryName = "execution.checkpointing.savepoint-dir";

    internal const string TolerableFailuresName = "execution.checkpointing.tolerable-failed-checkpoints";

    private const string OldDirectoryName = "state.checkpoints.dir";
    private const string OldSavepointDirectoryName = "state.savepoints.dir";
    private const string IntervalName = "execution.checkpointing.interval";
    private const string MinPauseName = "execution.checkpointing.min-pause";
    private const string TimeoutName = "execution.checkpointing.timeout";
    private const string NumRetainedName = "execution.checkpointing.num-retained";
    private const int MaxRetained = 1000;

    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Where checkpoints are stored; empty: none are taken.</summary>
    [Setting(DirectoryName, "where checkpoints are stored, file:///PATH or redis://HOST:PORT; unset: none are taken")]
    public string Directory { get; init; } = "";

    /// <summary>The same as <see cref="Directory"/>, by its name in Flink 1.</summary>
    [Setting(OldDirectoryName, "the same as execution.checkpointing.dir")]
    public string OldDirectory { get; init; } = "";

    /// <summary>Where savepoints are stored if their request names no place; empty: the request must.</summary>
    [Setting(SavepointDirectoryName, "where savepoints are stored, file:///PATH")]
    public string SavepointDirectory { get; init; } = "";

    /// <summary>The same as <see cref="SavepointDirectory"/>, by its name in Flink 1.</summary>
    [Setting(OldSavepointDirectoryName, "the same as execution.checkpointing.savepoint-dir")]
    public string OldSavepointDirectory { get; init; } = "";

    /// <summary>The time from one trigger to the next.</summary>
    [Setting(IntervalName, "the time from one checkpoint to the next, at least 10ms")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The minimum time from the end of one checkpoint to the trigger of the next.</summary>
    [Setting(MinPauseName, "the minimum time from the end of one checkpoint to the start of the next, at least 0s")]
    public TimeSpan MinPause { get; init; } = TimeSpan.Zero;

    /// <summary>After how long an incomplete checkpoint fails.</summary>
    [Setting(TimeoutName, "after how long an incomplete checkpoint fails, at least 10ms")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether barriers are aligned.</summary>
    [Setting("execution.checkpointing.mode", "EXACTLY_ONCE, or AT_LEAST_ONCE: rows may be processed twice after a restart")]
    public CheckpointMode Mode { get; init; } = CheckpointMode.ExactlyOnce;

    /// <summary>How many failures in a row are tolerated; null: none, but any number of failures of the storage.</summary>
    [Setting(
        TolerableFailuresName, "how many failed checkpoints in a row are tolerated, at least 0; unset: any number while the storage fails, else 0")]
    public int? TolerableFailures { get; init; }

    /// <summary>How many complete checkpoints are kept.</summary>
    [Setting(NumRetainedName, "how many complete checkpoints are kept, 1 to 1000")]
    public int NumRetained { get; init; } = 1;

    /// <summary>What becomes of the checkpoints when the job has ended.</summary>
    [Setting(
        "execution.checkpointing.externalized-checkpoint-retention",
        "whether checkpoints outlast the job: NO_EXTERNALIZED_CHECKPOINTS never, DELETE_ON_CANCELLATION if it failed, RETAIN_ON_CANCELLATION also if "
        + "it was cancelled")]
    public CheckpointRetention Retention { get; init; } = CheckpointRetention.NoExternalizedCheckpoints;

    /// <summary>The address of the storage; empty: no checkpoints are taken.</summary>
    public string Storage => Directory.Length > 0 ? Directory : OldDirectory;

    /// <summary>Where savepoints are stored if their request names no place, by either name; empty: the request must.</summary>
    internal string SavepointTarget => SavepointDirectory.Length > 0 ? SavepointDirectory : OldSavepointDirectory;

    /// <inheritdoc/>
    public void Validate()
    {
        RequireSame(DirectoryName, Directory, OldDirectoryName, OldDirectory);
        RequireSame(SavepointDirectoryName, SavepointDirectory, OldSavepointDirectoryName, OldSavepointDirectory);
        Check(Interval >= MinInterval, IntervalName, Interval, "at least 10ms");
        Check(MinPause >= TimeSpan.Zero, MinPauseName, MinPause, "at least 0s");
        Check(Timeout >= MinInterval, TimeoutName, Timeout, "at least 10ms");
        Require(TolerableFailures is null or >= 0, TolerableFailuresName, $"{TolerableFailures}", "at least 0");
        Require(NumRetained is >= 1 and <= MaxRetained, NumRetainedName, $"{NumRetained}", "1 to 1000");
    }

    private static void RequireSame(string name, string value, string oldName, string oldValue)
    {
        if (value.Length > 0 && oldValue.Length > 0 && value != oldValue)
        {
            throw new SettingException(oldName, $"is not the same as {name}, but means the same: set one of them.");
        }
    }

    private static void Check(bool isAllowed, string setting, TimeSpan value, string allowed) =>
        Require(isAllowed, setting, Durations.Format(value), allowed);

    private static void Require(bool isAllowed, string setting, string value, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, $"{value} is not allowed. Allowed: {allowed}.");
        }
    }
}

/// <summary>What becomes of the checkpoints of a job that has ended, with Flink's names. A finished job leaves none.</summary>
public enum CheckpointRetention
{
    /// <summary>They are deleted, unless the process dies.</summary>
    NoExternalizedCheckpoints,

    /// <summary>They are kept if the job failed, and deleted if it was cancelled.</summary>
    DeleteOnCancellation,

    /// <summary>They are kept if the job failed or was cancelled.</summary>
    RetainOnCancellation,
}
