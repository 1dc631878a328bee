#pragma warning disable VSTHRD200 // The names of tests are sentences.
using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Checkpoints;

/// <summary>What is told of damaged checkpoints, whatever stores them.</summary>
public abstract class CheckpointDamageSuite : IAsyncLifetime
{
    private ICheckpointStorage? _storage;
    private CheckpointManifest? _manifest;

    private ICheckpointStorage Storage => _storage!;

    private CheckpointManifest Manifest => _manifest!;

    private StoredCheckpoint Stored => new(Manifest.Job, Manifest.Id);

    /// <summary>Opens an empty storage.</summary>
    protected abstract Task<ICheckpointStorage> OpenAsync();

    /// <summary>Changes what is stored under a place; null removes it.</summary>
    protected abstract Task DamageAsync(string place, Func<byte[], byte[]?> change);

    /// <summary>The place of a manifest.</summary>
    protected abstract string PlaceOf(StoredCheckpoint checkpoint);

    /// <summary>Removes the storage.</summary>
    protected abstract Task RemoveAsync();

    /// <summary>All of a sound checkpoint is read.</summary>
    [ContractFact]
    public async Task A_sound_checkpoint_is_read_as_a_whole()
    {
        CheckpointVerification verification = await VerifyAsync();

        Assert.Empty(verification.DamagedChunks);
        Assert.Equal((3, 5), (verification.Segments, verification.Chunks));
        Assert.Equal(Manifest.Chunks.Sum(chunk => chunk.StoredLength), verification.StoredBytes);
    }

    /// <summary>One changed byte is found with its file, place and owner, and the rest is read nevertheless.</summary>
    [ContractFact]
    public async Task A_changed_byte_is_told_with_its_place_and_the_rest_is_read()
    {
        foreach (int chunk in new[] { 0, 1, 2 })
        {
            QueryStream.Checkpoints.Snapshots.StateChunk hit = Counts[chunk];
            string place = Storage.PlaceOf(Manifest.Job, hit.Content.Segment);
            int at = hit.Content.Offset + (hit.Content.StoredLength / 2);
            await DamageAsync(place, bytes => Flip(bytes, at));

            DamagedChunk damage = Assert.Single((await VerifyAsync()).DamagedChunks);

            Assert.Equal((place, hit), (damage.Place, damage.Chunk));
            Assert.Equal((StoredTestCheckpoint.Counting, "count"), (damage.Operator, damage.State));
            await DamageAsync(place, bytes => Flip(bytes, at));
        }

        Assert.Empty((await VerifyAsync()).DamagedChunks);
    }

    /// <summary>Of a segment that was cut off, what is before the cut is sound.</summary>
    [ContractFact]
    public async Task Of_a_segment_that_was_cut_off_the_chunks_behind_the_cut_are_told()
    {
        string place = Storage.PlaceOf(Manifest.Job, Counts[0].Content.Segment);
        await DamageAsync(place, bytes => bytes[..(Counts[1].Content.Offset + 1)]);

        CheckpointVerification verification = await VerifyAsync();

        Assert.Equal([64, 127], verification.DamagedChunks.Select(damage => damage.Chunk.KeyGroup));
        Assert.All(verification.DamagedChunks, damage => Assert.Contains("cut off", damage.Problem, StringComparison.Ordinal));
        Assert.Equal(5, verification.Chunks);
    }

    /// <summary>All damages are told at once.</summary>
    [ContractFact]
    public async Task All_segments_that_are_missing_are_told()
    {
        foreach (string place in Manifest.Segments.Select(segment => Storage.PlaceOf(Manifest.Job, segment)).Skip(1))
        {
            await DamageAsync(place, _ => null);
        }

        CheckpointVerification verification = await VerifyAsync();

        Assert.Equal(["names", "Đếm", "Đếm", "Đếm"], verification.DamagedChunks.Select(damage => damage.Operator));
    }

    /// <summary>A damaged manifest is an error that names the place and the problem.</summary>
    [ContractFact]
    public async Task A_damaged_foreign_or_newer_manifest_is_told_with_its_place()
    {
        await RefusesAsync(bytes => bytes[..40], "bytes of");
        await RefusesAsync(bytes => Flip(bytes, bytes.Length - 1), "checksum");
        await RefusesAsync(_ => "another program's"u8.ToArray(), "not the manifest of a checkpoint");
        await RefusesAsync(_ => [], "not the manifest of a checkpoint");
        await RefusesAsync(bytes => [.. bytes[..4], 99, .. bytes[5..]], "version 99 of its format");
    }

    /// <summary>A manifest that is gone is an error; the others are named.</summary>
    [ContractFact]
    public async Task A_manifest_that_is_gone_is_told_with_those_that_there_are()
    {
        await StoredTestCheckpoint.WriteAsync(Storage, Manifest.Epoch, 6);
        CheckpointPath path = CheckpointPath.Parse(CheckpointPath.Of(Storage, Stored));
        await DamageAsync(PlaceOf(Stored), _ => null);

        DamagedCheckpointException refusal = await Assert.ThrowsAsync<DamagedCheckpointException>(
            async () => await Storage.ReadAsync(await path.ResolveAsync(Storage, default), default));

        Assert.Contains("chk-5", $"{refusal.Message} {PlaceOf(Stored)}", StringComparison.Ordinal);
        Assert.Contains("incomplete", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>A path is that of a checkpoint, or of a job for its latest one.</summary>
    [ContractFact]
    public async Task The_path_of_a_job_means_its_latest_checkpoint()
    {
        await StoredTestCheckpoint.WriteAsync(Storage, Manifest.Epoch, 12);
        await Storage.CommitAsync(TestManifests.Of(Manifest.Epoch.Number, 40, []) with { Job = new JobId(0x42) }, default);
        string root = Storage.Address.TrimEnd('/');

        Assert.Equal(new StoredCheckpoint(Manifest.Job, new CheckpointId(12)), await ResolveAsync($"{root}/{Manifest.Job}"));
        Assert.Equal(new StoredCheckpoint(Manifest.Job, new CheckpointId(5)), await ResolveAsync($"{root}/{Manifest.Job}/chk-5/_metadata"));
        Assert.Contains("There are 3 checkpoints", await RefusalAsync(root), StringComparison.Ordinal);
        Assert.Contains("chk-12", await RefusalAsync($"{root}/{Manifest.Job}/chk-7"), StringComparison.Ordinal);
        Assert.Contains("There is no checkpoint of job", await RefusalAsync($"{root}/{new JobId(0x43)}"), StringComparison.Ordinal);
    }

    async Task IAsyncLifetime.InitializeAsync()
    {
        _storage = await OpenAsync();
        _manifest = await StoredTestCheckpoint.WriteAsync(_storage, await _storage.AcquireAsync(default), 5);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Storage.DisposeAsync();
        await RemoveAsync();
    }

    private IReadOnlyList<QueryStream.Checkpoints.Snapshots.StateChunk> Counts =>
        Manifest.State.Operators.Single(part => part.Name == StoredTestCheckpoint.Counting).States[0].Chunks;

    private static byte[] Flip(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        changed[at] ^= 0x10;
        return changed;
    }

    private Task<CheckpointVerification> VerifyAsync() => CheckpointVerification.RunAsync(Storage, Manifest, default);

    private Task<StoredCheckpoint> ResolveAsync(string path) => CheckpointPath.Parse(path).ResolveAsync(Storage, default);

    private async Task<string> RefusalAsync(string path) =>
        (await Assert.ThrowsAsync<DamagedCheckpointException>(() => ResolveAsync(path))).Message;

    private async Task RefusesAsync(Func<byte[], byte[]> change, string problem)
    {
        byte[] before = ManifestFormat.Write(Manifest);
        await DamageAsync(PlaceOf(Stored), change);
        DamagedCheckpointException refusal = await Assert.ThrowsAsync<DamagedCheckpointException>(() => Storage.ReadAsync(Stored, default));
        Assert.Contains(PlaceOf(Stored), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
        await DamageAsync(PlaceOf(Stored), _ => before);
    }
}
