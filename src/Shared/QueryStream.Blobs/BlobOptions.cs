using QueryStream.Core.Errors;
using QueryStream.Core.Time;
using QueryStream.Streams.Settings;

namespace QueryStream.Blobs;

/// <summary>Where blobs and the code of jobs are kept, and how large they may be.</summary>
public sealed record BlobOptions : IValidatedSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "QueryStream:Blobs";

    private const long MegaByte = 1024 * 1024;

    // One folder a user, since nobody else may change code between its verification and its use.
    private static readonly string Default = Path.Combine(Path.GetTempPath(), $"querystream-{Environment.UserName}");

    /// <summary>Where a coordinator stores the blobs of jobs.</summary>
    [Setting(nameof(Directory), "where a coordinator stores the code of jobs")]
    public string Directory { get; init; } = Path.Combine(Default, "blobs");

    /// <summary>Where coordinators and workers lay out the files of jobs before they load them.</summary>
    [Setting(nameof(CacheDirectory), "where the code of jobs is laid out to be loaded")]
    public string CacheDirectory { get; init; } = Path.Combine(Default, "jobs");

    /// <summary>The maximum size of one blob, in bytes.</summary>
    [Setting(nameof(MaxBlobBytes), "the maximum size of one file of a job, in bytes")]
    public long MaxBlobBytes { get; init; } = 256 * MegaByte;

    /// <summary>The maximum size of all files of one job, in bytes.</summary>
    [Setting(nameof(MaxJobBytes), "the maximum size of all files of one job, in bytes")]
    public long MaxJobBytes { get; init; } = 1024 * MegaByte;

    /// <summary>The maximum size of all blobs in the store of a coordinator, in bytes.</summary>
    [Setting(nameof(MaxStoreBytes), "the maximum size of all stored files of all jobs, in bytes")]
    public long MaxStoreBytes { get; init; } = 10 * 1024 * MegaByte;

    /// <summary>
    /// How long a coordinator keeps blobs that no job needs, after somebody has sent, read or asked for them the last time. A submitter sends the
    /// files of a job first, or learns that they are there, and then submits the job: it may take so long for both.
    /// </summary>
    [Setting(nameof(DeleteUnusedAfter), "how long the files of jobs are kept that no job needs, 1min to 365d")]
    public TimeSpan DeleteUnusedAfter { get; init; } = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public void Validate()
    {
        Require(Directory.Trim().Length > 0, nameof(Directory), $"'{Directory}'", "a directory");
        Require(CacheDirectory.Trim().Length > 0, nameof(CacheDirectory), $"'{CacheDirectory}'", "a directory");
        Require(MaxBlobBytes > 0, nameof(MaxBlobBytes), $"{MaxBlobBytes}", "at least 1");
        Require(MaxJobBytes > 0, nameof(MaxJobBytes), $"{MaxJobBytes}", "at least 1");
        Require(
            DeleteUnusedAfter >= TimeSpan.FromMinutes(1) && DeleteUnusedAfter <= TimeSpan.FromDays(365),
            nameof(DeleteUnusedAfter),
            Durations.Format(DeleteUnusedAfter),
            "1min to 365d");
        Require(MaxStoreBytes > 0, nameof(MaxStoreBytes), $"{MaxStoreBytes}", "at least 1");
    }

    private static void Require(bool isAllowed, string setting, string value, string allowed)
    {
        if (!isAllowed)
        {
            throw new SettingException(setting, $"{value} is not allowed. Allowed: {allowed}.");
        }
    }
}
