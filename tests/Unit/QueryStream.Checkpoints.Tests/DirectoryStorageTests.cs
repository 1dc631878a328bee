using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Files;

namespace QueryStream.Checkpoints.Tests;

/// <summary>Checkpoints in a directory: crashes between any two steps, and the lock.</summary>
public sealed class DirectoryStorageTests
{
    private const string Root = "/checkpoints";

    [Fact]
    public async Task After_a_crash_at_any_step_the_newest_checkpoint_that_was_answered_is_there_and_whole()
    {
        int crashes = 0;
        for (int crashAt = 0; ; crashAt++)
        {
            for (ulong seed = 0; seed < 20; seed++)
            {
                SimulatedFiles files = new(seed) { CrashAt = crashAt };
                CheckpointId? answered = await RunAsync(files);
                if (answered?.Number == 3)
                {
                    Assert.True(crashes > 100, $"only {crashes} crashes");
                    return;
                }

                crashes++;
                files.Restart();
                await AssertWholeAsync(files, answered);
            }
        }
    }

    [Fact]
    public async Task Without_flushes_a_crash_would_lose_what_was_answered()
    {
        int lost = 0;
        for (int crashAt = 0; crashAt < 100; crashAt++)
        {
            for (ulong seed = 0; seed < 5; seed++)
            {
                SimulatedFiles files = new(seed) { CrashAt = crashAt, IgnoresFlushes = true };
                CheckpointId? answered = await RunAsync(files);
                files.Restart();
                try
                {
                    await AssertWholeAsync(files, answered);
                }
                catch (Exception e) when (e is Xunit.Sdk.XunitException or DamagedCheckpointException)
                {
                    lost++;
                }
            }
        }

        Assert.True(lost > 0);
    }

    [Fact]
    public async Task A_second_process_is_refused_until_the_first_has_ended()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("querystream-");
        try
        {
            await using DirectoryStorage second = new(folder.FullName, DurableFiles.Instance);
            await using (DirectoryStorage first = new(folder.FullName, DurableFiles.Instance))
            {
                Assert.Equal(new Epoch(1), await first.AcquireAsync(default));
                CheckpointStorageException refusal = await Assert.ThrowsAsync<CheckpointStorageException>(() => second.AcquireAsync(default));
                Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
                Assert.Contains(folder.Name, refusal.Message, StringComparison.Ordinal);
            }

            Assert.Equal(new Epoch(2), await second.AcquireAsync(default));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_full_disk_is_an_error_that_names_the_directory_and_its_setting()
    {
        SimulatedFiles files = new(1);
        DirectoryStorage storage = new(Root, files);
        await storage.AcquireAsync(default);
        files.Failure = new IOException("No space left on device.");
        CheckpointStorageException refusal = await Assert.ThrowsAsync<CheckpointStorageException>(
            () => storage.SegmentsOf(TestManifests.Job).WriteAsync(TestManifests.Segment(1, 1), new byte[10], default));
        Assert.Contains("No space left on device", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("file:///checkpoints/", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("execution.checkpointing.dir", refusal.Message, StringComparison.Ordinal);

        files.Failure = null;
        await storage.SegmentsOf(TestManifests.Job).WriteAsync(TestManifests.Segment(1, 1), new byte[10], default);
    }

    [Fact]
    public async Task A_directory_that_was_cleared_is_taken_over_again_unless_another_process_has_it()
    {
        SimulatedFiles files = new(1);
        DirectoryStorage old = new(Root, files);
        Epoch epoch = await old.AcquireAsync(default);
        foreach (string file in files.Files)
        {
            files.Delete(file);
        }

        Assert.IsType<CommitResult.Committed>(await old.CommitAsync(TestManifests.Of(epoch.Number, 7, []), default));
        Assert.Equal(7, Assert.Single(await old.ListAsync(default)).Id.Number);

        await old.DisposeAsync();
        DirectoryStorage young = new(Root, files);
        Assert.Equal(new Epoch(2), await young.AcquireAsync(default));
        Assert.Equal(new CommitResult.Fenced(new Epoch(2)), await old.CommitAsync(TestManifests.Of(epoch.Number, 8, []), default));
    }

    // Three checkpoints, each of which refers to a chunk of the one before, with retention and sweeping in between.
    private static async Task<CheckpointId?> RunAsync(SimulatedFiles files)
    {
        CheckpointId? answered = null;
        try
        {
            DirectoryStorage storage = new(Root, files);
            Epoch epoch = await storage.AcquireAsync(default);
            ISegments segments = storage.SegmentsOf(TestManifests.Job);
            CheckpointManifest? last = null;
            for (int id = 1; id <= 3; id++)
            {
                ChunkSink sink = new(segments, TestManifests.Segment(epoch.Number, id), new ReusableChunks(last?.Chunks ?? []));
                List<ChunkHandle> chunks = [];
                foreach (int content in new[] { id, id + 1, id + 2 })
                {
                    chunks.Add(await sink.WriteAsync(Enumerable.Repeat((byte)content, 500).ToArray(), default));
                }

                await sink.CompleteAsync(default);
                last = TestManifests.Of(epoch.Number, id, chunks);
                Assert.IsType<CommitResult.Committed>(await storage.CommitAsync(last, default));
                answered = last.Id;
                await RetainAsync(storage, epoch, last);
            }
        }
        catch (SimulatedCrashException)
        {
            // The process ends here.
        }

        return answered;
    }

    private static async Task RetainAsync(DirectoryStorage storage, Epoch epoch, CheckpointManifest last)
    {
        foreach (StoredCheckpoint stored in await storage.ListAsync(default))
        {
            if (stored.Id != last.Id)
            {
                Assert.True(await storage.DeleteAsync(epoch, stored, default));
            }
        }

        IReadOnlyList<SegmentName> segments = await storage.ListSegmentsAsync(last.Job, default);
        IReadOnlyList<SegmentName> unneeded = Retention.Unneeded(
            segments, last.Segments.ToHashSet(), epoch, new Attempt(0), new CheckpointId(last.Id.Number + 1));
        Assert.True(await storage.DeleteSegmentsAsync(epoch, last.Job, unneeded, default));
    }

    private static async Task AssertWholeAsync(SimulatedFiles files, CheckpointId? answered)
    {
        DirectoryStorage storage = new(Root, files);
        Epoch epoch = await storage.AcquireAsync(default);
        CheckpointManifest? latest = (await LatestCheckpoint.FindAsync(
            storage, "Đếm từ", new HashSet<StoredCheckpoint>(), damaged => throw damaged, default)).Latest;
        Assert.True((latest?.Id.Number ?? 0) >= (answered?.Number ?? 0), $"checkpoint {answered} was answered, and {latest?.Id} is the latest");
        if (latest is null)
        {
            return;
        }

        Assert.True(epoch.CompareTo(latest.Epoch) > 0);
        ChunkReader reader = new(storage.SegmentsOf(TestManifests.Job));
        List<int> contents = [];
        foreach (ChunkHandle chunk in latest.State.Operators.Single().States[0].Chunks.Select(chunk => chunk.Content))
        {
            contents.Add(Assert.Single((await reader.ReadAsync(chunk, default)).Distinct()));
        }

        Assert.Equal([(int)latest.Id.Number, (int)latest.Id.Number + 1, (int)latest.Id.Number + 2], contents);
    }
}
