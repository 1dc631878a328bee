using QueryStream.Checkpoints.Storage;
using QueryStream.Testing.Checkpoints;
using QueryStream.Testing.Files;

namespace QueryStream.Checkpoints.Tests;

public sealed class DirectoryStorageContractTests : CheckpointStorageSuite
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-");

    protected override ICheckpointStorage Open() => new DirectoryStorage(Path.Combine(_folder.FullName, "a", "b"), DurableFiles.Instance);

    protected override Task RemoveAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

public sealed class SimulatedDirectoryStorageContractTests : CheckpointStorageSuite
{
    private readonly SimulatedFiles _files = new(1);

    protected override ICheckpointStorage Open() => new DirectoryStorage("/checkpoints", _files);
}
