namespace QueryStream.Core.Errors;

/// <summary>The definition of a job is wrong. The message names the operator or type, what is wrong, and what is allowed.</summary>
public sealed class JobDefinitionException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobDefinition;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>The assembly of a job cannot be loaded, or does not contain the job. The message names the file, what is wrong, and what to do.</summary>
public sealed class JobAssemblyException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.JobAssembly;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>A setting is unknown, or its value is not allowed.</summary>
/// <param name="setting">The setting's name, as the user writes it.</param>
/// <param name="problem">A sentence: the value seen, the values allowed.</param>
public sealed class SettingException(string setting, string problem) : QueryStreamException($"Setting '{setting}': {problem}")
{
    /// <summary>The setting's name.</summary>
    public string Setting { get; } = setting;

    /// <summary>A sentence: the value seen, the values allowed.</summary>
    public string Problem { get; } = problem;

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Setting;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>
/// The key of a row is a null reference, so no subtask owns the row. (A missing <see cref="Texts.Text"/> and a nullable value without a value are
/// keys.) The task adds the operator's name.
/// </summary>
/// <param name="type">The key's type.</param>
public sealed class NullKeyException(Type type)
    : QueryStreamException(
        $"The key of a row is null, of type {type.Name}: filter such rows out before KeyBy, or give them a key, such as an empty text.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NullKey;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>Keyed state or a timer was used while no key was being processed.</summary>
/// <param name="what">What was used: <c>Keyed state</c>.</param>
public sealed class NoKeyException(string what) : QueryStreamException(
    $"{what} was used without a key: it can be used while a row or a timer of a key is processed, not in Open, nor later, nor on another thread.")
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.NoKey;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>A partition function chose a subtask or a partition that does not exist.</summary>
public sealed class PartitionException : QueryStreamException
{
    /// <summary>A subtask that does not exist.</summary>
    /// <param name="chosen">The chosen subtask.</param>
    /// <param name="subtasks">The number of subtasks.</param>
    public PartitionException(int chosen, int subtasks)
        : this($"The function of PartitionBy chose subtask {chosen}: 0 to {subtasks - 1} are possible.")
    {
    }

    /// <summary>A partition of another system.</summary>
    /// <param name="message">The chosen partition, and the partitions that exist.</param>
    public PartitionException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Partition;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>A job cannot be restored from a snapshot. The message names the operator, the state, and the member that differs.</summary>
public sealed class StateRestoreException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.StateRestore;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.User;
}

/// <summary>
/// A stored checkpoint is truncated, changed, incomplete or of a newer version. The message names the file or key, and the remedy.
/// </summary>
public sealed class DamagedCheckpointException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.DamagedCheckpoint;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>
/// The store of checkpoints cannot be reached, or refuses. The message names its address, the setting that holds it, and what the store answered.
/// </summary>
public sealed class CheckpointStorageException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.CheckpointStorage;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>A savepoint failed, or a job fails because of its checkpoints. The message names the checkpoint and the cause.</summary>
public sealed class CheckpointFailedException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.CheckpointFailed;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}

/// <summary>
/// A file of a job, or the list of its files, is missing, damaged, too large, or cannot be stored. The message names its hash and the remedy.
/// </summary>
public sealed class BlobException(string message, Exception? innerException = null) : QueryStreamException(message, innerException)
{
    /// <summary>Whether it is refused for its size.</summary>
    public bool IsTooLarge { get; init; }

    /// <inheritdoc/>
    public override ErrorCode Code => ErrorCode.Blob;

    /// <inheritdoc/>
    public override ErrorDomain Domain => ErrorDomain.External;
}
