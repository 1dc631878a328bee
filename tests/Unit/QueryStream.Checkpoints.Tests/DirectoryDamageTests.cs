using QueryStream.Checkpoints.Storage;
using QueryStream.Testing.Checkpoints;

namespace QueryStream.Checkpoints.Tests;

/// <summary>Damaged checkpoints in a directory.</summary>
public sealed class DirectoryDamageTests : CheckpointDamageSuite
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-");

    protected override Task<ICheckpointStorage> OpenAsync() =>
        Task.FromResult<ICheckpointStorage>(new DirectoryStorage(_folder.FullName, DurableFiles.Instance));

    protected override async Task DamageAsync(string place, Func<byte[], byte[]?> change)
    {
        if (change(File.Exists(place) ? await File.ReadAllBytesAsync(place) : []) is { } bytes)
        {
            await File.WriteAllBytesAsync(place, bytes);
        }
        else
        {
            File.Delete(place);
        }
    }

    protected override string PlaceOf(StoredCheckpoint checkpoint) =>
        Path.Combine(_folder.FullName, checkpoint.Job.ToString(), $"chk-{checkpoint.Id}", "_metadata");

    protected override Task RemoveAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}
