using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>
/// Stores the checkpoints of a cluster in Redis, under keys that begin with its name (in braces, so that one script may use all of them):
/// <code>
/// querystream:{CLUSTER}:checkpoints:epoch              the last epoch
/// querystream:{CLUSTER}:checkpoints:owner              a random text of the coordinator whose epoch that is
/// querystream:{CLUSTER}:checkpoints:complete           set of JOB/ID of the complete checkpoints
/// querystream:{CLUSTER}:checkpoints:JOB:chk-ID         a manifest
/// querystream:{CLUSTER}:checkpoints:JOB:segments       set of the names of segments, including some that were not stored
/// querystream:{CLUSTER}:checkpoints:JOB:segment:NAME   a segment
/// querystream:{CLUSTER}:checkpoints:ended              set of the names of jobs of which a run has ended
/// querystream:{CLUSTER}:checkpoints:ended:NAME         how the last run of this job has ended
/// </code>
/// Manifests are committed and deleted by scripts that compare epoch and owner first, so only the latest of several coordinators can write. The
/// server's settings decide what survives its crash, see <see cref="DurabilityWarningsAsync"/>. A server that has lost all of it has no epoch; the
/// first coordinator that commits or takes over then goes on, and each other one finds another owner, even if its epoch is the same number.
/// </summary>
public sealed class RedisCheckpointStorage : ICheckpointStorage
{
    // Bounds the deletes per script, since a script blocks the server.
    private const int MaxDeletes = 500;

    private readonly StorageAddress _address;
    private readonly string _prefix;
    private readonly ICheckpointCommands _redis;
    private readonly ILogger _log;
    private readonly string _owner = Guid.NewGuid().ToString("n");

    /// <summary>Creates the storage. Connects at the first call.</summary>
    /// <param name="address">The server and the cluster: <c>redis://HOST:PORT[/DATABASE][/CLUSTER]</c>.</param>
    /// <param name="options">The client options. They name the cluster if the address does not.</param>
    /// <param name="log">Where durability warnings are logged.</param>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public RedisCheckpointStorage(string address, RedisClientOptions options, ILogger log)
        : this(StorageAddress.Parse(address, options.Cluster), options, log)
    {
    }

    private RedisCheckpointStorage(StorageAddress address, RedisClientOptions options, ILogger log)
        : this(address, new CheckpointCommands(address.Server, options), log)
    {
    }

    /// <summary>Creates a storage on another server, such as one in memory.</summary>
    internal RedisCheckpointStorage(StorageAddress address, ICheckpointCommands redis, ILogger log)
    {
        _address = address;
        _prefix = $"querystream:{{{address.Cluster}}}:checkpoints:";
        _redis = redis;
        _log = log;
    }

    /// <inheritdoc/>
    public string Address => _address.ToString();

    private string EpochKey => _prefix + "epoch";

    private string OwnerKey => _prefix + "owner";

    private string IndexKey => _prefix + "complete";

    private string EndedKey => _prefix + "ended";

    /// <inheritdoc/>
    public async Task<Epoch> AcquireAsync(CancellationToken cancellationToken)
    {
        Epoch epoch = await CallAsync(
            async redis => new Epoch(await redis.AcquireAsync(EpochKey, OwnerKey, _owner).ConfigureAwait(false)), cancellationToken)
            .ConfigureAwait(false);
        foreach (string warning in await DurabilityWarningsAsync(cancellationToken).ConfigureAwait(false))
        {
            Log.NotDurable(_log, warning);
        }

        return epoch;
    }

    /// <summary>
    /// Returns a warning for each server setting with which checkpoints may be lost in a crash or evicted, or if the server does not report its
    /// settings. Empty if checkpoints are safe.
    /// </summary>
    public Task<IReadOnlyList<string>> DurabilityWarningsAsync(CancellationToken cancellationToken) =>
        CallAsync(redis => RedisDurability.WarningsAsync(redis, _address.Server), cancellationToken);

    /// <inheritdoc/>
    public ISegments SegmentsOf(JobId job) => new JobSegments(this, job);

    /// <inheritdoc/>
    public string PlaceOf(JobId job, SegmentName segment) => PlaceOf(KeyOf(job, segment));

    /// <inheritdoc/>
    public Task<CommitResult> CommitAsync(CheckpointManifest manifest, CancellationToken cancellationToken) => CallAsync<CommitResult>(
        async redis =>
        {
            StoredCheckpoint checkpoint = new(manifest.Job, manifest.Id);
            SegmentName[] segments = [.. manifest.Segments];
            (CommitReply reply, long detail) = await redis.CommitAsync(
                Owned(manifest.Epoch),
                [.. segments.Select(segment => KeyOf(manifest.Job, segment))],
                KeyOf(checkpoint),
                ManifestFormat.Write(manifest),
                new SetMember(IndexKey, EntryOf(checkpoint))).ConfigureAwait(false);
            return reply switch
            {
                CommitReply.Fenced => new CommitResult.Fenced(new Epoch(detail)),
                CommitReply.Incomplete => new CommitResult.Incomplete(PlaceOf(manifest.Job, segments[detail])),
                _ => new CommitResult.Committed(),
            };
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoredCheckpoint>> ListAsync(CancellationToken cancellationToken) => CallAsync<IReadOnlyList<StoredCheckpoint>>(
        async redis =>
        [
            .. (await redis.MembersAsync(IndexKey).ConfigureAwait(false))
                .Select(ParseEntry)
                .OfType<StoredCheckpoint>(),
        ],
        cancellationToken);

    /// <inheritdoc/>
    public Task<CheckpointManifest> ReadAsync(StoredCheckpoint checkpoint, CancellationToken cancellationToken) => CallAsync(
        async redis =>
        {
            string place = PlaceOf(KeyOf(checkpoint));
            byte[] bytes = await redis.GetAsync(KeyOf(checkpoint)).ConfigureAwait(false)
                ?? throw new DamagedCheckpointException($"Checkpoint {checkpoint.Id} of job {checkpoint.Job} is incomplete: {place} is missing.");
            return ManifestFormat.Read(bytes, place, checkpoint.Job, checkpoint.Id);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(Epoch epoch, StoredCheckpoint checkpoint, CancellationToken cancellationToken) => CallAsync(
        async redis => await redis.DeleteAsync(
            Owned(epoch), IndexKey, [new KeyedMember(KeyOf(checkpoint), EntryOf(checkpoint))]).ConfigureAwait(false),
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SegmentName>> ListSegmentsAsync(JobId job, CancellationToken cancellationToken) =>
        CallAsync<IReadOnlyList<SegmentName>>(
            async redis =>
            {
                List<SegmentName> segments = [];
                foreach (string member in await redis.MembersAsync(SegmentsKeyOf(job)).ConfigureAwait(false))
                {
                    if (SegmentName.TryParse(member, job, out SegmentName name))
                    {
                        segments.Add(name);
                    }
                }

                return segments;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSegmentsAsync(Epoch epoch, JobId job, IReadOnlyList<SegmentName> segments, CancellationToken cancellationToken) =>
        CallAsync(
            async redis =>
            {
                foreach (SegmentName[] some in segments.Chunk(MaxDeletes))
                {
                    KeyedMember[] deleted = [.. some.Select(name => new KeyedMember(KeyOf(job, name), name.ToString()))];
                    if (!await redis.DeleteAsync(Owned(epoch), SegmentsKeyOf(job), deleted).ConfigureAwait(false))
                    {
                        return false;
                    }
                }

                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> MarkEndedAsync(RunEnd end, CancellationToken cancellationToken)
    {
        // Only the owner of the epoch writes marks, so none comes between.
        RunEnd? previous = await RunEnd.ReplacedAsync(this, end.JobName, cancellationToken).ConfigureAwait(false);
        return await CallAsync(
            async redis =>
            {
                (CommitReply reply, _) = await redis.CommitAsync(
                    Owned(end.Epoch), [], EndKeyOf(end.JobName), RunEndFormat.Write(end.After(previous)), new SetMember(EndedKey, end.JobName))
                    .ConfigureAwait(false);
                return reply == CommitReply.Committed;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<RunEnd?> FindEndAsync(string jobName, CancellationToken cancellationToken) => CallAsync(
        async redis =>
        {
            string key = EndKeyOf(jobName);
            return await redis.GetAsync(key).ConfigureAwait(false) is { } bytes ? RunEndFormat.Read(bytes, PlaceOf(key), jobName) : null;
        },
        cancellationToken);

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private string KeyOf(StoredCheckpoint checkpoint) => $"{_prefix}{checkpoint.Job}:chk-{checkpoint.Id}";

    private string KeyOf(JobId job, SegmentName segment) => $"{_prefix}{job}:segment:{segment}";

    private string EndKeyOf(string jobName) => $"{EndedKey}:{jobName}";

    private string SegmentsKeyOf(JobId job) => $"{_prefix}{job}:segments";

    private static string EntryOf(StoredCheckpoint checkpoint) => $"{checkpoint.Job}/{checkpoint.Id}";

    private static StoredCheckpoint? ParseEntry(string entry)
    {
        int slash = entry.IndexOf('/', StringComparison.Ordinal);
        return slash > 0
            && UInt128.TryParse(entry.AsSpan(0, slash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 job)
            && long.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long id)
                ? new StoredCheckpoint(new JobId(job), new CheckpointId(id))
                : null;
    }

    private Ownership Owned(Epoch epoch) => new(EpochKey, OwnerKey, epoch.Number, _owner);

    private string PlaceOf(string key) => $"key {key} of Redis at {_address.Server}";

    private Task<T> CallAsync<T>(Func<ICheckpointCommands, Task<T>> call, CancellationToken cancellationToken) =>
        _redis.CallAsync(call, $"Redis at {_address.Server} does not accept checkpoints", "execution.checkpointing.dir", cancellationToken);

    private sealed class JobSegments(RedisCheckpointStorage storage, JobId job) : ISegments
    {
        // Added to the set first, so that the sweep finds every stored segment.
        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => storage.CallAsync(
            async redis =>
            {
                SetMember member = new(storage.SegmentsKeyOf(job), name.ToString());
                await redis.StoreAsync(member, storage.KeyOf(job, name), bytes).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) => storage.CallAsync(
            async redis =>
            {
                string key = storage.KeyOf(job, name);
                if (count == 0)
                {
                    return await redis.ExistsAsync(key).ConfigureAwait(false) ? [] : null;
                }

                byte[]? bytes = await redis.GetRangeAsync(key, offset, count).ConfigureAwait(false);
                return bytes?.Length == count ? bytes : null;
            },
            cancellationToken);
    }
}
