using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Storage;

/// <summary>Opens storages under addresses of one scheme, such as <c>redis</c>.</summary>
public interface ICheckpointStorageFactory
{
    /// <summary>The schemes, in lower case and without colon.</summary>
    IReadOnlyList<string> Schemes { get; }

    /// <summary>Opens a storage, without a connection yet.</summary>
    /// <exception cref="CheckpointStorageException">The address is malformed; says how it should look.</exception>
    ICheckpointStorage Open(string address);
}
