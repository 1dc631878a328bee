namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>
/// The epoch under which a coordinator writes, and a random text that distinguishes it from another coordinator with the same epoch.
/// </summary>
/// <param name="EpochKey">The key of the last epoch. If it is missing, the server has lost its data, or never had any.</param>
/// <param name="OwnerKey">The key of the text of the coordinator that owns the epoch.</param>
/// <param name="Epoch">The epoch of the caller.</param>
/// <param name="Owner">The text of the caller.</param>
internal readonly record struct Ownership(string EpochKey, string OwnerKey, long Epoch, string Owner);

/// <summary>The result of a commit.</summary>
internal enum CommitReply
{
    /// <summary>It was executed.</summary>
    Committed,

    /// <summary>Nothing was written, since another coordinator owns the epoch.</summary>
    Fenced,

    /// <summary>Nothing was written, since a required value is missing.</summary>
    Incomplete,
}

/// <summary>A member of a set.</summary>
internal readonly record struct SetMember(string Set, string Member);

/// <summary>A key, and its member in a set of keys.</summary>
internal readonly record struct KeyedMember(string Key, string Member);

/// <summary>
/// The commands that checkpoint storage needs. Each is executed as a whole or not at all. A command without a response may have been
/// executed. A refusal by the server is a <see cref="StackExchange.Redis.RedisServerException"/>.
/// </summary>
internal interface ICheckpointCommands : IAsyncDisposable
{
    /// <summary>Raises the epoch, which is the caller's from then on.</summary>
    /// <returns>The new epoch.</returns>
    Task<long> AcquireAsync(string epochKey, string ownerKey, string owner);

    /// <summary>A setting of the server; empty if it has none of this name.</summary>
    Task<string> SettingAsync(string name);

    /// <summary>Sets a value and adds a member, if the caller owns the epoch, or nobody does, and all required values exist.</summary>
    /// <returns>The reply, with the stored epoch if fenced, or the index of a missing value.</returns>
    Task<(CommitReply Reply, long Detail)> CommitAsync(
        Ownership owner, IReadOnlyList<string> required, string key, ReadOnlyMemory<byte> value, SetMember member);

    /// <summary>Deletes values and their members of a set, if the caller owns the epoch.</summary>
    /// <returns>Whether it does.</returns>
    Task<bool> DeleteAsync(Ownership owner, string set, IReadOnlyList<KeyedMember> deleted);

    /// <summary>The members of a set.</summary>
    Task<IReadOnlyList<string>> MembersAsync(string set);

    /// <summary>A value; null if there is none.</summary>
    Task<byte[]?> GetAsync(string key);

    /// <summary>A part of a value; less if the value is shorter, empty or null if there is none.</summary>
    Task<byte[]?> GetRangeAsync(string key, long offset, int count);

    /// <summary>Whether there is a value.</summary>
    Task<bool> ExistsAsync(string key);

    /// <summary>Adds a member, then sets a value. These are two commands, so the second may fail alone.</summary>
    Task StoreAsync(SetMember member, string key, ReadOnlyMemory<byte> value);

    /// <summary>Sets a value, if it is an expected one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="expected">The expected value; null: there is none.</param>
    /// <param name="value">The new value.</param>
    /// <returns>The value that there is now.</returns>
    Task<string> ReplaceAsync(string key, string? expected, string value);
}
