using QueryStream.Checkpoints.Storage;
using QueryStream.Core;
using QueryStream.Simulation.Faults;
using QueryStream.Testing.Files;

namespace QueryStream.Simulation.Services;

/// <summary>The file system as one process sees it: operations take time and fail, and a dead process does nothing more.</summary>
/// <param name="files">The disk, which outlives the process.</param>
/// <param name="time">The process's clock.</param>
/// <param name="faults">What is wrong at the moment.</param>
/// <param name="random">Draws delays.</param>
internal sealed class ProcessFiles(SimulatedFiles files, ProcessTime time, ActiveFaults faults, SeededRandom random) : IDurableFiles
{
    private readonly List<IDisposable> _locks = [];

    /// <summary>The process has died: others may take its locks.</summary>
    public void Unlock() => _locks.ForEach(held => held.Dispose());

    public void CreateDirectory(string path)
    {
        Check();
        files.CreateDirectory(path);
    }

    public async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        byte[] copy = bytes.ToArray();
        await WaitAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        Check();
        if (faults.StorageIsFull)
        {
            throw new IOException("No space left on device (simulated).");
        }

        await files.WriteAsync(path, copy, cancellationToken).ConfigureAwait(false);
    }

    public void Flush(string path)
    {
        Check();
        CrashIfPlanned(path);
        if (!faults.Has(Mutation.RenameWithoutFlush))
        {
            files.Flush(path);
        }
    }

    public void Rename(string from, string to)
    {
        Check();
        CrashIfPlanned(from);
        files.Rename(from, to);
    }

    public void FlushDirectory(string path)
    {
        Check();
        if (!faults.Has(Mutation.DirectoryNotFlushed))
        {
            files.FlushDirectory(path);
        }
    }

    public async Task<byte[]?> ReadAsync(string path, long offset, int? count, CancellationToken cancellationToken)
    {
        await WaitAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        Check();
        byte[]? bytes = await files.ReadAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
        return bytes is null && faults.Has(Mutation.ReadUncommittedManifest) && IsManifest(path)
            ? await files.ReadAsync(path + Unfinished, offset, count, cancellationToken).ConfigureAwait(false)
            : bytes;
    }

    public IReadOnlyList<string> List(string path)
    {
        Check();
        IReadOnlyList<string> names = files.List(path);
        return faults.Has(Mutation.ReadUncommittedManifest) && names.Contains(ManifestName + Unfinished) ? [.. names, ManifestName] : names;
    }

    public void Delete(string path)
    {
        Check();
        files.Delete(path);
    }

    public IDisposable? TryLock(string path)
    {
        Check();
        IDisposable? held = files.TryLock(path);
        if (held is not null)
        {
            _locks.Add(held);
        }

        return held;
    }

    private const string ManifestName = "_metadata";
    private const string Unfinished = ".tmp";

    // In the next operation.
    private void CrashIfPlanned(string path)
    {
        if (faults.CrashesAtManifest && IsManifest(path[..^Unfinished.Length]) && random.Next(2) == 0)
        {
            faults.CrashesAtManifest = false;
            files.CrashAt = files.Operations;
        }
    }

    private static bool IsManifest(string path) => Path.GetFileName(path) == ManifestName;

    private Task WaitAsync() => Delays.AfterAsync(time, faults.StorageIsSlow ? Milliseconds(2_000) : Milliseconds(20));

    private TimeSpan Milliseconds(int limit) => TimeSpan.FromTicks((1 + random.Next(limit)) * TimeSpan.TicksPerMillisecond);

    private void Check()
    {
        if (time.IsDead)
        {
            throw new SimulatedCrashException();
        }

        if (faults.StorageFails)
        {
            throw new IOException("Input/output error (simulated).");
        }
    }
}
