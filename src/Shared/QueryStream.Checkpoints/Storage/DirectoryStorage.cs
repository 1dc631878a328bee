using System.Globalization;
using System.IO.Hashing;
using System.Text;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Storage;

/// <summary>
/// Checkpoints in a directory:
/// <code>
/// ROOT/lock                        locked by the process that writes here
/// ROOT/epoch                       the last epoch, as decimal digits
/// ROOT/JOB/chk-ID/_metadata        a manifest; the checkpoint is complete when it is there
/// ROOT/JOB/segments/NAME           a segment
/// ROOT/ended/HASH                  how the last run of a job has ended, by the XXH128 of the job's name
/// </code>
/// Whatever appears under its final name is whole and survives a crash of the machine: it is written under another name, flushed, renamed, and its
/// directory flushed. A rename is no compare-and-set, so the lock keeps a second coordinator away; the file system must have locks.
/// </summary>
public sealed class DirectoryStorage : ICheckpointStorage
{
    private const string SegmentsName = "segments";
    private const string EndedName = "ended";

    // Files under this ending are not complete, and may be from a process that has crashed.

    private readonly string _root;
    private readonly IDurableFiles _files;
    private IDisposable? _lock;
    private Epoch _epoch;

    /// <summary>Refers to a directory. Nothing is touched before the first call.</summary>
    /// <param name="root">Its absolute path.</param>
    /// <param name="files">The file system.</param>
    public DirectoryStorage(string root, IDurableFiles files)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = Path.TrimEndingDirectorySeparator(root);
        _files = files;
    }

    /// <inheritdoc/>
    public string Address => new Uri(_root + Path.DirectorySeparatorChar).AbsoluteUri;

    /// <inheritdoc/>
    public Task<Epoch> AcquireAsync(CancellationToken cancellationToken) => GuardAsync("take over", async () =>
    {
        TakeLock();
        byte[]? stored = await _files.ReadAsync(In("epoch"), 0, null, cancellationToken).ConfigureAwait(false);
        _epoch = new Epoch(stored is null ? 1 : ParseEpoch(stored) + 1);
        await _files.ReplaceAsync(In("epoch"), Encoding.ASCII.GetBytes(_epoch.ToString()), cancellationToken).ConfigureAwait(false);
        return _epoch;
    });

    /// <inheritdoc/>
    public ISegments SegmentsOf(JobId job) => new JobSegments(this, job);

    /// <inheritdoc/>
    public string PlaceOf(JobId job, SegmentName segment) => Path.Combine(SegmentsFolderOf(job), segment.ToString());

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken) => GuardAsync("commit to", async () =>
    {
        if (manifest.Epoch != _epoch)
        {
            return (CommitResult)new CommitResult.Fenced(_epoch);
        }

        if (await TakenByAsync(cancellationToken).ConfigureAwait(false) is Epoch other)
        {
            return new CommitResult.Fenced(other);
        }

        HashSet<string> stored = [.. _files.List(SegmentsFolderOf(manifest.Job))];
        foreach (SegmentName segment in manifest.Segments)
        {
            if (!stored.Contains(segment.ToString()))
            {
                return new CommitResult.Incomplete(PlaceOf(manifest.Job, segment));
            }
        }

        StoredCheckpoint checkpoint = new(manifest.Job, manifest.Id);
        _files.CreateDirectory(FolderOf(checkpoint));
        await _files.ReplaceAsync(ManifestOf(checkpoint), ManifestFormat.Write(manifest), cancellationToken).ConfigureAwait(false);
        return new CommitResult.Committed();
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCheckpoint>> ListAsync(CancellationToken cancellationToken) => GuardAsync("list", () =>
    {
        List<StoredCheckpoint> found = [];
        foreach (string folder in _files.List(_root))
        {
            if (!CheckpointNames.TryParse(folder, out JobId job) || job.ToString() != folder)
            {
                continue;
            }

            foreach (string name in _files.List(In(folder)))
            {
                if (CheckpointNames.TryParse(name, out CheckpointId id)
                    && _files.List(Path.Combine(In(folder), name)).Contains(CheckpointNames.Manifest))
                {
                    found.Add(new StoredCheckpoint(job, id));
                }
            }
        }

        return Task.FromResult<IReadOnlyList<StoredCheckpoint>>(found);
    });

    /// <inheritdoc/>
    public Task<CheckpointManifest> ReadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) => GuardAsync("read", async () =>
    {
        string path = ManifestOf(checkpoint);
        byte[] bytes = await _files.ReadAsync(path, 0, null, cancellationToken).ConfigureAwait(false)
            ?? throw new DamagedCheckpointException($"Checkpoint {checkpoint.Id} of job {checkpoint.Job} is incomplete: {path} is missing.");
        return ManifestFormat.Read(bytes, path, checkpoint.Job, checkpoint.Id);
    });

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(Epoch epoch, StoredCheckpoint checkpoint, CancellationToken cancellationToken) => GuardAsync("delete from", () =>
    {
        if (epoch != _epoch)
        {
            return Task.FromResult(false);
        }

        // The manifest first: a checkpoint is never found without it.
        string folder = FolderOf(checkpoint);
        _files.Delete(ManifestOf(checkpoint));
        foreach (string left in _files.List(folder))
        {
            _files.Delete(Path.Combine(folder, left));
        }

        _files.Delete(folder);
        return Task.FromResult(true);
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<SegmentName>> ListSegmentsAsync(JobId job, CancellationToken cancellationToken) => GuardAsync("list", () =>
    {
        List<SegmentName> found = [];
        foreach (string name in _files.List(SegmentsFolderOf(job)))
        {
            string whole = name.EndsWith(DurableWrites.Unfinished, StringComparison.Ordinal) ? name[..^DurableWrites.Unfinished.Length] : name;
            if (SegmentName.TryParse(whole, job, out SegmentName segment))
            {
                found.Add(segment);
            }
        }

        return Task.FromResult<IReadOnlyList<SegmentName>>([.. found.Distinct()]);
    });

    /// <inheritdoc/>
    public Task<bool> DeleteSegmentsAsync(Epoch epoch, JobId job, IReadOnlyList<SegmentName> segments, CancellationToken cancellationToken) =>
        GuardAsync("delete from", () =>
        {
            if (epoch != _epoch)
            {
                return Task.FromResult(false);
            }

            foreach (SegmentName segment in segments)
            {
                string path = PlaceOf(job, segment);
                _files.Delete(path);
                _files.Delete(path + DurableWrites.Unfinished);
            }

            return Task.FromResult(true);
        });

    /// <inheritdoc/>
    public Task<bool> MarkEndedAsync(RunEnd end, CancellationToken cancellationToken) => GuardAsync("write to", async () =>
    {
        if (end.Epoch != _epoch || await TakenByAsync(cancellationToken).ConfigureAwait(false) is not null)
        {
            return false;
        }

        RunEnd? previous = await RunEnd.ReplacedAsync(this, end.JobName, cancellationToken).ConfigureAwait(false);
        _files.CreateDirectory(In(EndedName));
        await _files.ReplaceAsync(EndPathOf(end.JobName), RunEndFormat.Write(end.After(previous)), cancellationToken).ConfigureAwait(false);
        return true;
    });

    /// <inheritdoc/>
    public Task<RunEnd?> FindEndAsync(string jobName, CancellationToken cancellationToken) => GuardAsync("read", async () =>
    {
        string path = EndPathOf(jobName);
        byte[]? bytes = await _files.ReadAsync(path, 0, null, cancellationToken).ConfigureAwait(false);
        return bytes is null ? null : RunEndFormat.Read(bytes, path, jobName);
    });

    /// <summary>
    /// Removes the directory after its last checkpoint was deleted, as far as it is of this storage: what somebody else has put there stays.
    /// Nothing is stored here afterwards.
    /// </summary>
    /// <param name="epoch">The epoch of the caller.</param>
    /// <param name="job">The job of that checkpoint.</param>
    /// <returns>Whether the directory is gone.</returns>
    public Task<bool> RemoveIfEmptyAsync(Epoch epoch, JobId job) => GuardAsync("remove", () =>
    {
        if (epoch != _epoch)
        {
            return Task.FromResult(false);
        }

        DeleteIfEmpty(SegmentsFolderOf(job));
        DeleteIfEmpty(In(job.ToString()));
        DeleteIfEmpty(In(EndedName));
        if (_files.List(_root).Any(name => name is not ("lock" or "epoch")))
        {
            return Task.FromResult(false);
        }

        _files.Delete(In("epoch"));
        _files.Delete(In("lock"));
        _lock?.Dispose();
        _lock = null;
        _files.Delete(_root);
        return Task.FromResult(true);
    });

    /// <summary>Gives the directory to other processes.</summary>
    public ValueTask DisposeAsync()
    {
        _lock?.Dispose();
        _lock = null;
        return default;
    }

    private void DeleteIfEmpty(string folder)
    {
        if (_files.List(folder).Count == 0)
        {
            _files.Delete(folder);
        }
    }

    private void TakeLock()
    {
        _files.CreateDirectory(_root);
        _lock ??= _files.TryLock(In("lock")) ?? throw new CheckpointStorageException(
            $"Checkpoints in {Address} are in use by another process. One process at a time may write there: stop it, or set "
            + "execution.checkpointing.dir to another directory.");
    }

    // A directory that was cleared meanwhile has lost its lock, which another process may have taken since. If none has, it is taken again.
    private async Task<Epoch?> TakenByAsync(CancellationToken cancellationToken)
    {
        if (await _files.ReadAsync(In("epoch"), 0, null, cancellationToken).ConfigureAwait(false) is { } stored)
        {
            return ParseEpoch(stored) == _epoch.Number ? null : new Epoch(ParseEpoch(stored));
        }

        _lock?.Dispose();
        _lock = null;
        TakeLock();
        await _files.ReplaceAsync(In("epoch"), Encoding.ASCII.GetBytes(_epoch.ToString()), cancellationToken).ConfigureAwait(false);
        return null;
    }

    private long ParseEpoch(byte[] stored) =>
        long.TryParse(Encoding.ASCII.GetString(stored), NumberStyles.None, CultureInfo.InvariantCulture, out long epoch)
            ? epoch
            : throw new DamagedCheckpointException(
                $"{In("epoch")} is damaged: it must hold a number. "
                + $"Write one into it that is higher than the epochs of all checkpoints in {Address}.");

    private async Task<T> GuardAsync<T>(string action, Func<Task<T>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointStorageException(
                $"Cannot {action} the directory of checkpoints {Address}: {e.Message} Its address is set by execution.checkpointing.dir.", e);
        }
    }

    // A name may hold characters that file systems refuse.
    private string EndPathOf(string jobName) =>
        Path.Combine(In(EndedName), XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(jobName)).ToString("x32", CultureInfo.InvariantCulture));

    private string In(string name) => Path.Combine(_root, name);

    private string FolderOf(StoredCheckpoint checkpoint) => Path.Combine(In(checkpoint.Job.ToString()), CheckpointNames.Of(checkpoint.Id));

    private string ManifestOf(StoredCheckpoint checkpoint) => Path.Combine(FolderOf(checkpoint), CheckpointNames.Manifest);

    private string SegmentsFolderOf(JobId job) => Path.Combine(In(job.ToString()), SegmentsName);

    private sealed class JobSegments(DirectoryStorage storage, JobId job) : ISegments
    {
        private readonly string _folder = storage.SegmentsFolderOf(job);

        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            storage.GuardAsync("write to", async () =>
            {
                storage._files.CreateDirectory(_folder);
                await storage._files.ReplaceAsync(Path.Combine(_folder, name.ToString()), bytes, cancellationToken).ConfigureAwait(false);
                return true;
            });

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) =>
            storage.GuardAsync("read", () => storage._files.ReadAsync(Path.Combine(_folder, name.ToString()), offset, count, cancellationToken));
    }
}
