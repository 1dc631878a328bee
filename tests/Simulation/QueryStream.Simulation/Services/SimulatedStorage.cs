using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Simulation.Faults;

namespace QueryStream.Simulation.Services;

/// <summary>Opens storages of one process.</summary>
internal sealed class SimulatedStorageFactory(ICheckpointStorageFactory inner, World world, ProcessTime time, SeededRandom random)
    : ICheckpointStorageFactory
{
    public IReadOnlyList<string> Schemes => inner.Schemes;

    public ICheckpointStorage Open(string address) => new SimulatedStorage(inner.Open(address), world, time, random);
}

/// <summary>The storage of checkpoints, of which commits get lost, and into which defects can be put.</summary>
internal sealed class SimulatedStorage(ICheckpointStorage inner, World world, ProcessTime time, SeededRandom random) : ICheckpointStorage
{
    private const int MaxLateMilliseconds = 3_000;

    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(1);

    private CheckpointManifest? _last;

    // What there was before the epoch was raised, until it is asked for.
    private IReadOnlyList<StoredCheckpoint>? _listed;

    public string Address => inner.Address;

    public string PlaceOf(JobId job, SegmentName segment) => inner.PlaceOf(job, segment);

    public async Task<Epoch> AcquireAsync(CancellationToken cancellationToken)
    {
        if (world.Faults.Has(Mutation.EpochRaisedAfterReading))
        {
            IReadOnlyList<StoredCheckpoint> listed = await inner.ListAsync(cancellationToken).ConfigureAwait(false);
            _listed = listed.Count > 0 ? listed : null;
            await Delays.AfterAsync(time, LateBy).ConfigureAwait(false);
        }

        return await inner.AcquireAsync(cancellationToken).ConfigureAwait(false);
    }

    public ISegments SegmentsOf(JobId job) => world.Faults.Has(Mutation.AcknowledgeBeforeUpload)
        ? new LateSegments(inner.SegmentsOf(job), time)
        : inner.SegmentsOf(job);

    public async Task<CommitResult> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        if (world.Faults.Has(Mutation.CommitBeforeManifest))
        {
            _ = CommitLateAsync(manifest);
            return new CommitResult.Committed();
        }

        world.Log.Defects.AddRange(manifest.State.Unbalanced.Select(part => $"Checkpoint {manifest.Id} has lost rows: {part}"));
        if (world.Faults.CommitsToLose > 0)
        {
            await LoseAsync(manifest).ConfigureAwait(false);
        }

        CommitResult result = await WriteAsync(() => inner.CommitAsync(manifest, cancellationToken)).ConfigureAwait(false);
        _last = manifest;
        if (result is CommitResult.Incomplete incomplete)
        {
            // No fault of the simulation makes the storage lose what is stored.
            world.Log.Defects.Add($"Checkpoint {manifest.Id} refers to a segment that is not stored: {incomplete.Missing}");
        }

        return result;
    }

    public async Task<IReadOnlyList<StoredCheckpoint>> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredCheckpoint> all = _listed ?? await inner.ListAsync(cancellationToken).ConfigureAwait(false);
        _listed = null;
        return world.Faults.Has(Mutation.LatestIsTheOneBefore) && all.Count > 1
            ? [.. all.OrderBy(checkpoint => checkpoint.Id.Number).SkipLast(1)]
            : all;
    }

    public async Task<CheckpointManifest> ReadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        CheckpointManifest manifest = await inner.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        return manifest with { State = ManifestMutations.Of(manifest.State, world.Faults) };
    }

    public Task<bool> DeleteAsync(Epoch epoch, StoredCheckpoint checkpoint, CancellationToken cancellationToken) =>
        inner.DeleteAsync(epoch, checkpoint, cancellationToken);

    public Task<IReadOnlyList<SegmentName>> ListSegmentsAsync(JobId job, CancellationToken cancellationToken) =>
        inner.ListSegmentsAsync(job, cancellationToken);

    public async Task<bool> DeleteSegmentsAsync(Epoch epoch, JobId job, IReadOnlyList<SegmentName> segments, CancellationToken cancellationToken)
    {
        if (world.Faults.Has(Mutation.ReferencedChunkSwept) && _last is { } last)
        {
            // What earlier checkpoints have written is swept although the last one refers to it.
            SegmentName[] referenced = [.. last.Chunks.Select(chunk => chunk.Segment).Where(segment => segment.Checkpoint != last.Id).Distinct()];
            await inner.DeleteSegmentsAsync(epoch, job, referenced, cancellationToken).ConfigureAwait(false);
        }

        return await inner.DeleteSegmentsAsync(epoch, job, segments, cancellationToken).ConfigureAwait(false);
    }

    public Task<bool> MarkEndedAsync(RunEnd end, CancellationToken cancellationToken) =>
        WriteAsync(() => end.Kind == RunEndKind.Stopped && world.Faults.Has(Mutation.StopNotMarked)
            ? Task.FromResult(true)
            : inner.MarkEndedAsync(end, cancellationToken));

    public Task<RunEnd?> FindEndAsync(string jobName, CancellationToken cancellationToken) => inner.FindEndAsync(jobName, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    // The coordinator may be replaced or die while it writes, or when that is done and it does not know.
    private async Task<TResult> WriteAsync<TResult>(Func<Task<TResult>> write)
    {
        FaultKind? fault = world.Faults.OnManifest();
        bool isBefore = fault is not null && random.Next(2) == 0;
        world.Faults.ToCoordinator ??= isBefore ? fault : null;
        TResult result = await write().ConfigureAwait(false);
        world.Faults.ToCoordinator ??= isBefore ? null : fault;
        return result;
    }

    private async Task LoseAsync(CheckpointManifest manifest)
    {
        world.Faults.CommitsToLose--;
        world.Faults.Happened(FaultKind.LostCommit);
        if (random.Next(2) == 0)
        {
            await inner.CommitAsync(manifest, CancellationToken.None).ConfigureAwait(false);
        }

        if (random.Next(2) == 0)
        {
            // The attempt ends while the outcome is unknown.
            world.Faults.RowsUntilFailure = 0;
        }

        await Delays.AfterAsync(time, TimeSpan.FromTicks(random.Next(MaxLateMilliseconds) * TimeSpan.TicksPerMillisecond)).ConfigureAwait(false);
        throw new CheckpointStorageException("The simulated storage does not answer the commit.");
    }

    private async Task CommitLateAsync(CheckpointManifest manifest)
    {
        await Delays.AfterAsync(time, LateBy).ConfigureAwait(false);
        await inner.CommitAsync(manifest, CancellationToken.None).ConfigureAwait(false);
    }

    // Says that a segment is stored before it is.
    private sealed class LateSegments(ISegments inner, ProcessTime time) : ISegments
    {
        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _ = WriteLateAsync(name, bytes.ToArray());
            return Task.CompletedTask;
        }

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(name, offset, count, cancellationToken);

        private async Task WriteLateAsync(SegmentName name, byte[] bytes)
        {
            await Delays.AfterAsync(time, LateBy).ConfigureAwait(false);
            await inner.WriteAsync(name, bytes, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
