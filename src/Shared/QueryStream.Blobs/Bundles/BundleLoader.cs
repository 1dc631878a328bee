using Microsoft.Extensions.Logging;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.JobAssemblies;
using QueryStream.Streams;

namespace QueryStream.Blobs.Bundles;

/// <summary>
/// Loads jobs from bundles: the content of a reference is the hash of the bundle's list. Each bundle is laid out and loaded once, into a load context
/// of its own, and kept for as long as the process lives; callers that want the same one at the same time share the work. What failed is tried again
/// by the next caller. Safe on any thread.
/// </summary>
public sealed class BundleLoader : IJobLoader
{
    // For all files of one job, so that a peer that falls silent in the middle of a file does not block the job for ever.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly BundleFolders _folders;
    private readonly ILogger _log;

    // Guards what is loaded or being loaded: callers come on any thread, and must share one load.
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, Task<JobAssembly>> _loaded = [];

    /// <summary>Creates a loader.</summary>
    /// <param name="options">Where files are laid out.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="time">The clock; null: the system's.</param>
    /// <exception cref="SettingException">An option is not allowed.</exception>
    public BundleLoader(BlobOptions options, IBlobSource source, ILogger<BundleLoader> log, TimeProvider? time = null)
    {
        options.Validate();
        _folders = new BundleFolders(options, source, time ?? TimeProvider.System, log);
        _log = log;
    }

    /// <inheritdoc/>
    public async Task<IStreamJob> LoadAsync(JobReference reference, CancellationToken cancellationToken)
    {
        if (!ContentHash.TryParse(reference.Content, out ContentHash hash))
        {
            throw new JobDefinitionException(
                $"The job {reference} cannot be loaded: its content is not the hash of a bundle, 64 hexadecimal digits.");
        }

        JobAssembly assembly = await SharedLoadAsync(hash).WaitAsync(cancellationToken).ConfigureAwait(false);
        return new BundledJob(assembly, assembly.Create(reference.TypeName));
    }

    /// <summary>
    /// Deletes the code of jobs that no process of this machine has used for a day, so that the cache does not grow for ever. Called every hour.
    /// </summary>
    /// <exception cref="BlobException">It cannot be deleted.</exception>
    public void DeleteUnused()
    {
        // A load that begins meanwhile marks its folder itself.
        HashSet<ContentHash> loaded;
        lock (_lock)
        {
            loaded = [.. _loaded.Keys];
        }

        _folders.DeleteUnused(loaded);
    }

    private Task<JobAssembly> SharedLoadAsync(ContentHash hash)
    {
        lock (_lock)
        {
            if (!_loaded.TryGetValue(hash, out Task<JobAssembly>? load) || load is { IsCompleted: true, IsCompletedSuccessfully: false })
            {
                // On the thread pool, since loading blocks. Not cancelled by one caller, since others may wait for it.
                load = Task.Run(() => LoadAsync(hash));
                _loaded[hash] = load;
            }

            return load;
        }
    }

    private async Task<JobAssembly> LoadAsync(ContentHash hash)
    {
        using CancellationTokenSource limit = new(Limit);
        try
        {
            JobBundle bundle = await _folders.FetchAsync(hash, limit.Token).ConfigureAwait(false);
            string folder = await _folders.LayOutAsync(bundle, limit.Token).ConfigureAwait(false);
            JobAssembly assembly = JobAssembly.Load(Path.Combine(folder, bundle.Main));
            Log.Loaded(_log, bundle.Main, hash, bundle.Files.Count, bundle.TotalLength);
            return assembly;
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested)
        {
            throw new BlobException($"The files of bundle {hash} could not be fetched within {Durations.Format(Limit)}.", e);
        }
    }

    // Explains failures by missing or wrong dependencies, which only the assembly knows.
    private sealed class BundledJob(JobAssembly assembly, IStreamJob job) : IStreamJob
    {
        public string Name => job.Name;

        public void Define(StreamBuilder builder)
        {
            try
            {
                job.Define(builder);
            }
            catch (Exception e) when (assembly.Explain(e) is { } reason)
            {
                throw reason;
            }
        }
    }
}
