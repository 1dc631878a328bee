using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Files;

namespace QueryStream.Coordinator.Tests.Checkpoints;

/// <summary>A directory in memory whose commits can fail, wait, or lose their answer.</summary>
internal sealed class TestStorage(SimulatedFiles files) : ICheckpointStorageFactory, ICheckpointStorage
{
    public const string Root = "/checkpoints";

    private readonly DirectoryStorage _inner = new(Root, files);

    public static string StorageAddress => "test://checkpoints";

    /// <summary>What a commit throws before it writes anything; null: nothing.</summary>
    public Exception? CommitFailure { get; set; }

    /// <summary>What marking the end of a run throws; null: nothing.</summary>
    public Exception? MarkFailure { get; set; }

    /// <summary>Whether commits throw after they have succeeded.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Commits answer when it completes; null: at once.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>What a commit returns instead of committing; null: it commits.</summary>
    public CommitResult? Answer { get; set; }

    public int Commits { get; private set; }

    public IReadOnlyList<string> Schemes => ["test"];

    public string Address => _inner.Address;

    public ICheckpointStorage Open(string address) => this;

    /// <summary>Lets the commits behind the gate answer before this returns.</summary>
    public void OpenGate()
    {
        // In the context of the test, the answers would come on another thread.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        Gate!.SetResult();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public async Task<CommitResult> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken)
    {
        Commits++;
        if (CommitFailure is not null)
        {
            throw CommitFailure;
        }

        CommitResult result = Answer ?? await _inner.CommitAsync(manifest, cancellationToken);
        await (Gate?.Task ?? Task.CompletedTask);
        return LosesAnswers ? throw new CheckpointStorageException("The connection broke.") : result;
    }

    public Task<Epoch> AcquireAsync(CancellationToken cancellationToken) => _inner.AcquireAsync(cancellationToken);

    public string PlaceOf(JobId job, SegmentName segment) => _inner.PlaceOf(job, segment);

    public ISegments SegmentsOf(JobId job) => _inner.SegmentsOf(job);

    public Task<IReadOnlyList<StoredCheckpoint>> ListAsync(CancellationToken cancellationToken) => _inner.ListAsync(cancellationToken);

    public Task<CheckpointManifest> ReadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) =>
        _inner.ReadAsync(checkpoint, cancellationToken);

    public Task<bool> DeleteAsync(Epoch epoch, StoredCheckpoint checkpoint, CancellationToken cancellationToken) =>
        _inner.DeleteAsync(epoch, checkpoint, cancellationToken);

    public Task<IReadOnlyList<SegmentName>> ListSegmentsAsync(JobId job, CancellationToken cancellationToken) =>
        _inner.ListSegmentsAsync(job, cancellationToken);

    public Task<bool> DeleteSegmentsAsync(Epoch epoch, JobId job, IReadOnlyList<SegmentName> segments, CancellationToken cancellationToken) =>
        _inner.DeleteSegmentsAsync(epoch, job, segments, cancellationToken);

    public Task<bool> MarkEndedAsync(RunEnd end, CancellationToken cancellationToken) =>
        MarkFailure is null ? _inner.MarkEndedAsync(end, cancellationToken) : throw MarkFailure;

    public Task<RunEnd?> FindEndAsync(string jobName, CancellationToken cancellationToken) => _inner.FindEndAsync(jobName, cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
