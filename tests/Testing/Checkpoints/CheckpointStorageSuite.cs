#pragma warning disable VSTHRD200 // The names of tests are sentences.
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Checkpoints;

/// <summary>The contract of checkpoint storages.</summary>
public abstract class CheckpointStorageSuite : IAsyncLifetime
{
    private readonly List<ICheckpointStorage> _open = [];

    /// <summary>Creates the location.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Removes the location.</summary>
    protected virtual Task RemoveAsync() => Task.CompletedTask;

    /// <summary>Opens the storage at the location, as another process would.</summary>
    protected abstract ICheckpointStorage Open();

    /// <summary>Each process that takes over the storage gets a higher epoch.</summary>
    [ContractFact]
    public async Task Epochs_rise_with_each_process()
    {
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            ICheckpointStorage storage = Open();
            Assert.Equal(new Epoch(epoch), await storage.AcquireAsync(default));
            await storage.DisposeAsync();
        }
    }

    /// <summary>Another process finds a committed checkpoint unchanged.</summary>
    [ContractFact]
    public async Task A_committed_checkpoint_is_found_by_the_next_process()
    {
        ICheckpointStorage first = await AcquireAsync();
        Assert.Empty(await first.ListAsync(default));
        CheckpointManifest manifest = TestManifests.Of(1, 17, []);
        Assert.IsType<CommitResult.Committed>(await first.CommitAsync(manifest, default));
        Assert.IsType<CommitResult.Committed>(await first.CommitAsync(manifest, default));
        await first.DisposeAsync();

        ICheckpointStorage second = await AcquireAsync();
        StoredCheckpoint stored = Assert.Single(await second.ListAsync(default));
        Assert.Equal(new StoredCheckpoint(TestManifests.Job, new CheckpointId(17)), stored);
        Assert.Equal(ManifestFormat.Write(manifest), ManifestFormat.Write(await second.ReadAsync(stored, default)));
    }

    /// <summary>A checkpoint that refers to a segment that is not stored is never completed.</summary>
    [ContractFact]
    public async Task A_checkpoint_with_a_missing_segment_is_not_committed()
    {
        ICheckpointStorage storage = await AcquireAsync();
        ISegments segments = storage.SegmentsOf(TestManifests.Job);
        List<ChunkHandle> chunks = [];
        for (int id = 1; id <= 2; id++)
        {
            ChunkSink sink = new(segments, TestManifests.Segment(1, id), ReusableChunks.None);
            chunks.Add(await sink.WriteAsync(new byte[3], default));
            await sink.CompleteAsync(default);
        }

        Assert.IsType<CommitResult.Committed>(await storage.CommitAsync(TestManifests.Of(1, 2, chunks), default));
        await storage.DeleteSegmentsAsync(new Epoch(1), TestManifests.Job, [TestManifests.Segment(1, 1)], default);

        CommitResult.Incomplete refused = Assert.IsType<CommitResult.Incomplete>(
            await storage.CommitAsync(TestManifests.Of(1, 3, chunks), default));
        Assert.Equal(storage.PlaceOf(TestManifests.Job, TestManifests.Segment(1, 1)), refused.Missing);
        Assert.Equal(2, Assert.Single(await storage.ListAsync(default)).Id.Number);
    }

    /// <summary>Writes and deletes of an older epoch are refused.</summary>
    [ContractFact]
    public async Task An_older_epoch_neither_commits_nor_deletes()
    {
        await (await AcquireAsync()).DisposeAsync();
        ICheckpointStorage storage = await AcquireAsync();
        await storage.CommitAsync(TestManifests.Of(2, 5, []), default);
        await storage.SegmentsOf(TestManifests.Job).WriteAsync(TestManifests.Segment(2, 5), new byte[3], default);
        StoredCheckpoint stored = Assert.Single(await storage.ListAsync(default));

        Assert.Equal(new CommitResult.Fenced(new Epoch(2)), await storage.CommitAsync(TestManifests.Of(1, 6, []), default));
        Assert.False(await storage.DeleteAsync(new Epoch(1), stored, default));
        Assert.False(await storage.DeleteSegmentsAsync(new Epoch(1), TestManifests.Job, [TestManifests.Segment(2, 5)], default));

        Assert.Equal([stored], await storage.ListAsync(default));
        Assert.Equal([TestManifests.Segment(2, 5)], await storage.ListSegmentsAsync(TestManifests.Job, default));
    }

    /// <summary>A deleted checkpoint is no longer found; the sweep deletes its segments.</summary>
    [ContractFact]
    public async Task A_deleted_checkpoint_is_gone_and_its_segments_are_not()
    {
        ICheckpointStorage storage = await AcquireAsync();
        ISegments segments = storage.SegmentsOf(TestManifests.Job);
        await segments.WriteAsync(TestManifests.Segment(1, 5), new byte[3], default);
        foreach (int id in new[] { 5, 6 })
        {
            await storage.CommitAsync(TestManifests.Of(1, id, []), default);
        }

        StoredCheckpoint deleted = new(TestManifests.Job, new CheckpointId(5));
        Assert.True(await storage.DeleteAsync(new Epoch(1), deleted, default));
        Assert.True(await storage.DeleteAsync(new Epoch(1), deleted, default));

        Assert.Equal(6, Assert.Single(await storage.ListAsync(default)).Id.Number);
        await Assert.ThrowsAsync<DamagedCheckpointException>(() => storage.ReadAsync(deleted, default));
        Assert.Equal(new byte[3], await segments.ReadAsync(TestManifests.Segment(1, 5), 0, 3, default));
    }

    /// <summary>Any part of a segment can be read, but nothing beyond its end.</summary>
    [ContractFact]
    public async Task A_segment_is_read_in_parts()
    {
        ISegments segments = (await AcquireAsync()).SegmentsOf(TestManifests.Job);
        SegmentName name = TestManifests.Segment(1, 1);
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];
        await segments.WriteAsync(name, bytes, default);

        Assert.Equal(bytes, await segments.ReadAsync(name, 0, bytes.Length, default));
        Assert.Equal(bytes[99_990..], await segments.ReadAsync(name, 99_990, 10, default));
        Assert.Empty((await segments.ReadAsync(name, 50, 0, default))!);
        Assert.Null(await segments.ReadAsync(name, 99_990, 11, default));
        Assert.Null(await segments.ReadAsync(TestManifests.Segment(1, 2), 0, 1, default));
        Assert.Null(await segments.ReadAsync(TestManifests.Segment(1, 2), 0, 0, default));
    }

    /// <summary>Segments are listed and deleted by name, except those of other jobs.</summary>
    [ContractFact]
    public async Task Segments_are_listed_and_deleted_by_job_and_name()
    {
        ICheckpointStorage storage = await AcquireAsync();
        SegmentName[] names = [.. Enumerable.Range(0, 1200).Select(number => TestManifests.Segment(1, 1, number: number))];
        JobId other = new(0x42);
        SegmentName others = names[0] with { Task = names[0].Task with { Job = other } };
        await Task.WhenAll(names.Select(name => storage.SegmentsOf(TestManifests.Job).WriteAsync(name, new byte[1], default)));
        await storage.SegmentsOf(other).WriteAsync(others, new byte[2], default);
        Assert.Equal(names.ToHashSet(), [.. await storage.ListSegmentsAsync(TestManifests.Job, default)]);

        Assert.True(await storage.DeleteSegmentsAsync(new Epoch(1), TestManifests.Job, [.. names.Skip(1), TestManifests.Segment(9, 9)], default));

        Assert.Equal([names[0]], await storage.ListSegmentsAsync(TestManifests.Job, default));
        Assert.Null(await storage.SegmentsOf(TestManifests.Job).ReadAsync(names[1], 0, 1, default));
        Assert.Equal([others], await storage.ListSegmentsAsync(other, default));
        Assert.Equal(new byte[2], await storage.SegmentsOf(other).ReadAsync(others, 0, 2, default));
    }

    /// <summary>The latest checkpoint is the newest one of all jobs with the name. A damaged one is skipped with a warning.</summary>
    [ContractFact]
    public async Task The_latest_checkpoint_of_a_name_is_found_over_all_runs()
    {
        await (await AcquireAsync()).DisposeAsync();
        ICheckpointStorage storage = await AcquireAsync();
        await storage.CommitAsync(TestManifests.Of(2, 5, []), default);
        await storage.CommitAsync(TestManifests.Of(2, 6, []), default);
        await storage.CommitAsync(TestManifests.Of(2, 7, [], jobName: "another"), default);
        await storage.CommitAsync(TestManifests.Of(2, 3, []) with { Job = new JobId(0x42) }, default);

        CheckpointManifest? latest = (await LatestAsync(storage)).Latest;
        Assert.Equal((TestManifests.Job, 6L), (latest?.Job, latest?.Id.Number));
        Assert.Equal(new LatestCheckpointResult(null, null, null), await LatestAsync(storage, "none"));
    }

    /// <summary>The mark of a run that has ended is found by the next process, and there is one for each name of a job.</summary>
    [ContractFact]
    public async Task The_mark_of_a_run_that_has_ended_is_found_by_the_next_process_and_replaced_by_the_next_run()
    {
        ICheckpointStorage first = await AcquireAsync();
        Assert.Null(await first.FindEndAsync(JobName, default));
        RunEnd end = End(1) with { Kind = RunEndKind.Stopped, Savepoint = "file:///savepoints/savepoint-1" };
        Assert.True(await first.MarkEndedAsync(end, default));
        Assert.True(await first.MarkEndedAsync(end, default));
        Assert.True(await first.MarkEndedAsync(End(1) with { JobName = "another/job:name" }, default));
        await first.DisposeAsync();

        ICheckpointStorage second = await AcquireAsync();
        AssertEqual(end, await second.FindEndAsync(JobName, default));
        Assert.Equal("another/job:name", (await second.FindEndAsync("another/job:name", default))?.JobName);
        RunEnd next = End(2) with { Job = Other, FallbackPath = "file:///elsewhere/chk-1", Kind = RunEndKind.Failed };
        Assert.True(await second.MarkEndedAsync(next, default));
        AssertEqual(next, await second.FindEndAsync(JobName, default));
        Assert.Empty(await second.ListAsync(default));
    }

    /// <summary>A coordinator that was fenced marks nothing as ended.</summary>
    [ContractFact]
    public async Task An_older_epoch_marks_no_run_as_ended()
    {
        await (await AcquireAsync()).DisposeAsync();
        ICheckpointStorage storage = await AcquireAsync();
        Assert.False(await storage.MarkEndedAsync(End(1), default));
        Assert.Null(await storage.FindEndAsync(JobName, default));

        Assert.True(await storage.MarkEndedAsync(End(2), default));
        Assert.False(await storage.MarkEndedAsync(End(1) with { Kind = RunEndKind.Failed }, default));
        Assert.Equal(RunEndKind.Canceled, (await storage.FindEndAsync(JobName, default))?.Kind);
    }

    /// <summary>Checkpoints of runs before one that has ended are not the latest one; those of the run itself are if they are kept.</summary>
    [ContractFact]
    public async Task No_checkpoint_of_a_run_before_one_that_has_ended_is_the_latest()
    {
        ICheckpointStorage first = await AcquireAsync();
        await first.CommitAsync(TestManifests.Of(1, 9, []) with { Job = Other }, default);
        await first.DisposeAsync();
        ICheckpointStorage second = await AcquireAsync();
        await second.CommitAsync(TestManifests.Of(2, 3, []), default);
        await second.MarkEndedAsync(End(2) with { Retains = true }, default);
        Assert.Equal(3, (await LatestAsync(second)).Latest?.Id.Number);

        await second.MarkEndedAsync(End(2), default);
        LatestCheckpointResult none = await LatestAsync(second);
        Assert.Equal((null, 3L, RunEndKind.Canceled), (none.Latest, none.Superseded?.Id.Number, none.End?.Kind));

        JobId later = new(0x43);
        await second.CommitAsync(TestManifests.Of(2, 1, []) with { Job = later }, default);
        Assert.Equal(later, (await LatestAsync(second)).Latest?.Job);
        await second.MarkEndedAsync(End(2) with { Job = later, Retains = true }, default);
        await second.MarkEndedAsync(End(2) with { Job = new JobId(0x44) }, default);
        Assert.Null((await LatestAsync(second)).Latest);
        await second.DisposeAsync();

        ICheckpointStorage third = await AcquireAsync();
        await third.CommitAsync(TestManifests.Of(3, 1, []) with { Job = Other }, default);
        Assert.Equal(Other, (await LatestAsync(third)).Latest?.Job);
    }

    private const string JobName = "Đếm từ";

    private static readonly JobId Other = new(0x42);

    private static RunEnd End(long epoch) =>
        new(JobName, TestManifests.Job, new Epoch(epoch), RunEndKind.Canceled, new DateTimeOffset(2026, 11, 29, 12, 0, 0, TimeSpan.Zero));

    private static Task<LatestCheckpointResult> LatestAsync(ICheckpointStorage storage, string jobName = JobName) =>
        LatestCheckpoint.FindAsync(storage, jobName, new HashSet<StoredCheckpoint>(), damaged => throw damaged, default);

    private static void AssertEqual(RunEnd expected, RunEnd? found)
    {
        Assert.Equal(expected.EndedBefore, found?.EndedBefore);
        Assert.Equal(expected, found! with { EndedBefore = expected.EndedBefore });
    }

    async Task IAsyncLifetime.InitializeAsync() => await PrepareAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (ICheckpointStorage storage in _open)
        {
            await storage.DisposeAsync();
        }

        await RemoveAsync();
    }

    private async Task<ICheckpointStorage> AcquireAsync()
    {
        ICheckpointStorage storage = Open();
        _open.Add(storage);
        await storage.AcquireAsync(default);
        return storage;
    }
}
