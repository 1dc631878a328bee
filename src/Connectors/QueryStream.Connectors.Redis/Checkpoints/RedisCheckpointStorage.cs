using System.Globalization;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>
/// Stores checkpoints in Redis, under keys that begin with <c>{querystream}:</c> (a hash tag, so that one script may use all of them):
/// <code>
/// {querystream}:epoch              the last epoch
/// {querystream}:owner              a random text of the coordinator whose epoch that is
/// {querystream}:checkpoints        set of JOB/ID of the complete checkpoints
/// {querystream}:JOB:chk-ID         a manifest
/// {querystream}:JOB:segments       set of the names of segments, including some that were not stored
/// {querystream}:JOB:segment:NAME   a segment
/// {querystream}:ended              set of the names of jobs of which a run has ended
/// {querystream}:ended:NAME         how the last run of this job has ended
/// </code>
/// Manifests are committed and deleted by scripts that compare epoch and owner first, so only the latest of several coordinators can write. The
/// server's settings decide what survives its crash, see <see cref="DurabilityWarningsAsync"/>. A server that has lost all of it has no epoch; the
/// first coordinator that commits or takes over then goes on, and each other one finds another owner, even if its epoch is the same number.
/// </summary>
public sealed class RedisCheckpointStorage : ICheckpointStorage
{
    private const string Prefix = "{querystream}:";
    private const string EpochKey = Prefix + "epoch";
    private const string OwnerKey = Prefix + "owner";
    private const string IndexKey = Prefix + "checkpoints";
    private const string EndedKey = Prefix + "ended";

    // Bounds the deletes per script, since a script blocks the server.
    private const int MaxDeletes = 500;

    private readonly RedisAddress _address;
    private readonly ICheckpointCommands _redis;
    private readonly ILogger _log;
    private readonly string _owner = Guid.NewGuid().ToString("n");

    /// <summary>Creates the storage. Connects at the first call.</summary>
    /// <param name="address">The server.</param>
    /// <param name="options">The client options.</param>
    /// <param name="log">Where durability warnings are logged.</param>
    public RedisCheckpointStorage(RedisAddress address, RedisClientOptions options, ILogger log)
        : this(address, new CheckpointCommands(address, options), log)
    {
    }

    /// <summary>Creates a storage on another server, such as one in memory.</summary>
    internal RedisCheckpointStorage(RedisAddress address, ICheckpointCommands redis, ILogger log)
    {
        _address = address;
        _redis = redis;
        _log = log;
    }

    /// <inheritdoc/>
    public string Address => _address.ToString().Contains("://", StringComparison.Ordinal) ? _address.ToString() : $"redis://{_address}";

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
        CallAsync(redis => RedisDurability.WarningsAsync(redis, _address), cancellationToken);

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

    private static string KeyOf(StoredCheckpoint checkpoint) => $"{Prefix}{checkpoint.Job}:chk-{checkpoint.Id}";

    private static string KeyOf(JobId job, SegmentName segment) => $"{Prefix}{job}:segment:{segment}";

    private static string EndKeyOf(string jobName) => $"{EndedKey}:{jobName}";

    private static string SegmentsKeyOf(JobId job) => $"{Prefix}{job}:segments";

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

    private string PlaceOf(string key) => $"key {key} of Redis at {_address}";

    private Task<T> CallAsync<T>(Func<ICheckpointCommands, Task<T>> call, CancellationToken cancellationToken) =>
        _redis.CallAsync(call, $"Redis at {_address} does not accept checkpoints", "execution.checkpointing.dir", cancellationToken);

    private sealed class JobSegments(RedisCheckpointStorage storage, JobId job) : ISegments
    {
        // Added to the set first, so that the sweep finds every stored segment.
        public Task WriteAsync(SegmentName name, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => storage.CallAsync(
            async redis =>
            {
                await redis.StoreAsync(new SetMember(SegmentsKeyOf(job), name.ToString()), KeyOf(job, name), bytes).ConfigureAwait(false);
                return true;
            },
            cancellationToken);

        public Task<byte[]?> ReadAsync(SegmentName name, int offset, int count, CancellationToken cancellationToken) => storage.CallAsync(
            async redis =>
            {
                string key = KeyOf(job, name);
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
