using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// The path of a checkpoint as users write it: <c>STORAGE/JOB/chk-ID</c>, also with <c>/_metadata</c> behind it, or the address of a storage that
/// holds one checkpoint only, as that of a savepoint does.
/// </summary>
/// <param name="Storage">The address of the storage.</param>
/// <param name="Checkpoint">The checkpoint; null: the only one of the storage.</param>
public sealed record CheckpointPath(string Storage, StoredCheckpoint? Checkpoint)
{
    private const string ManifestName = "/_metadata";
    private const string Prefix = "chk-";

    /// <summary>Splits a path. Never fails: what is no checkpoint's path is taken for the address of a storage.</summary>
    public static CheckpointPath Parse(string path)
    {
        string trimmed = path.TrimEnd('/');
        string folder = trimmed.EndsWith(ManifestName, StringComparison.Ordinal) ? trimmed[..^ManifestName.Length] : trimmed;
        string[] parts = folder.Split('/');
        return parts.Length > 2
            && parts[^1].StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(parts[^1].AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && parts[^2].Length == 32
            && UInt128.TryParse(parts[^2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 job)
                ? new CheckpointPath(string.Join('/', parts[..^2]), new StoredCheckpoint(new JobId(job), new CheckpointId(id)))
                : new CheckpointPath(folder, null);
    }

    /// <summary>The path of a checkpoint.</summary>
    public static string Of(ICheckpointStorage storage, StoredCheckpoint checkpoint) =>
        $"{storage.Address.TrimEnd('/')}/{checkpoint.Job}/{Prefix}{checkpoint.Id}";

    /// <summary>The checkpoint, found in its storage.</summary>
    /// <exception cref="DamagedCheckpointException">There is none, or several; names them.</exception>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    public async Task<StoredCheckpoint> ResolveAsync(ICheckpointStorage storage, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredCheckpoint> stored = await storage.ListAsync(cancellationToken).ConfigureAwait(false);
        if (Checkpoint is { } named)
        {
            return stored.Contains(named)
                ? named
                : throw new DamagedCheckpointException($"There is no checkpoint at {Of(storage, named)}, or it is incomplete.");
        }

        return stored.Count switch
        {
            1 => stored[0],
            0 => throw new DamagedCheckpointException($"There is no checkpoint in {storage.Address}."),
            _ => throw new DamagedCheckpointException(
                $"There are {stored.Count} checkpoints in {storage.Address}. Name one of them, for example "
                + $"{stored.Select(checkpoint => Of(storage, checkpoint)).Order(StringComparer.Ordinal).First()}, or take the latest of a job."),
        };
    }
}
