using System.Globalization;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// The path of a checkpoint as users write it: <c>STORAGE/JOB/chk-ID</c>, also with <c>/_metadata</c> behind it; <c>STORAGE/JOB</c>, the latest one
/// of that run of a job; or the address of a storage that holds one checkpoint only, such as a savepoint's.
/// </summary>
/// <param name="Storage">The address of the storage.</param>
/// <param name="Job">The job; null: the only one of the storage.</param>
/// <param name="Id">The checkpoint; null: the latest one of the job.</param>
public sealed record CheckpointPath(string Storage, JobId? Job, CheckpointId? Id)
{
    private const string ManifestSuffix = "/" + CheckpointNames.Manifest;
    private const int MaxNamed = 3;

    /// <summary>Splits a path. Never fails: what is no checkpoint's path is taken for the address of a storage.</summary>
    public static CheckpointPath Parse(string path)
    {
        string trimmed = Absolute(path).TrimEnd('/');
        string folder = trimmed.EndsWith(ManifestSuffix, StringComparison.Ordinal) ? trimmed[..^ManifestSuffix.Length] : trimmed;
        string[] parts = folder.Split('/');
        if (parts.Length > 2 && CheckpointNames.TryParse(parts[^1], out CheckpointId id) && CheckpointNames.TryParse(parts[^2], out JobId job))
        {
            return new CheckpointPath(string.Join('/', parts[..^2]), job, id);
        }

        return parts.Length > 1 && CheckpointNames.TryParse(parts[^1], out JobId latestOf)
            ? new CheckpointPath(string.Join('/', parts[..^1]), latestOf, null)
            : new CheckpointPath(folder, null, null);
    }

    /// <summary>The path of a checkpoint.</summary>
    public static string Of(ICheckpointStorage storage, StoredCheckpoint checkpoint) =>
        $"{storage.Address.TrimEnd('/')}/{checkpoint.Job}/{CheckpointNames.Of(checkpoint.Id)}";

    /// <summary>The checkpoint, found in its storage.</summary>
    /// <exception cref="DamagedCheckpointException">There is none, or several; names them.</exception>
    /// <exception cref="CheckpointStorageException">The storage cannot be reached.</exception>
    public async Task<StoredCheckpoint> ResolveAsync(ICheckpointStorage storage, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredCheckpoint> stored = await storage.ListAsync(cancellationToken).ConfigureAwait(false);
        if (Job is { } job)
        {
            // Ids rise with each checkpoint of a run.
            StoredCheckpoint[] ofJob = [.. stored.Where(checkpoint => checkpoint.Job == job).OrderByDescending(checkpoint => checkpoint.Id.Number)];
            StoredCheckpoint[] found = [.. ofJob.Where(checkpoint => Id is null || checkpoint.Id == Id)];
            return found.Length > 0 ? found[0] : throw new DamagedCheckpointException(Id is { } id
                ? $"There is no checkpoint at {Of(storage, new StoredCheckpoint(job, id))}, or it is incomplete. {Others(storage, ofJob)}"
                : $"There is no checkpoint of job {job} in {storage.Address}. {Others(storage, stored)}");
        }

        return stored.Count switch
        {
            1 => stored[0],
            0 => throw new DamagedCheckpointException(
                $"There is no checkpoint in {storage.Address}. A path ends with JOB/chk-ID, with JOB for its latest one, or it is that of a "
                + "savepoint; a checkpoint that was copied needs the whole directory of its job."),
            _ => throw new DamagedCheckpointException($"There are {stored.Count} checkpoints in {storage.Address}. {Others(storage, stored)}"),
        };
    }

    private static string Absolute(string path) =>
        path.Length == 0 || path.Contains("://", StringComparison.Ordinal) ? path : Path.GetFullPath(path);

    // The newest of each run first: the most likely choice.
    private static string Others(ICheckpointStorage storage, IReadOnlyCollection<StoredCheckpoint> stored)
    {
        if (stored.Count == 0)
        {
            return "There is no other one either.";
        }

        IEnumerable<string> named = stored.OrderByDescending(checkpoint => checkpoint.Id.Number).ThenBy(checkpoint => checkpoint.Job.Value)
            .Take(MaxNamed).Select(checkpoint => Of(storage, checkpoint));
        string more = stored.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $" and {stored.Count - MaxNamed} more") : "";
        return $"Name one of them: {string.Join(", ", named)}{more}.";
    }
}
