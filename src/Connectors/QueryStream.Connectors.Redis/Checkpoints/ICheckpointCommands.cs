namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>The epoch under which a coordinator writes, and the random text that tells it from another one with the same number.</summary>
/// <param name="EpochKey">Where the last epoch is stored. A missing key means that the server has lost its data, or never had any.</param>
/// <param name="OwnerKey">Where the text of the coordinator is stored whose epoch that is.</param>
/// <param name="Epoch">The epoch of the caller.</param>
/// <param name="Owner">The text of the caller.</param>
internal readonly record struct Ownership(string EpochKey, string OwnerKey, long Epoch, string Owner);

/// <summary>What became of a commit.</summary>
internal enum CommitReply
{
    /// <summary>It was executed.</summary>
    Committed,

    /// <summary>Nothing was written, since another coordinator owns the epoch.</summary>
    Overtaken,

    /// <summary>Nothing was written, since a required value is missing.</summary>
    Incomplete,
}

/// <summary>A member of a set.</summary>
internal readonly record struct SetMember(string Set, string Member);

/// <summary>A key, and its member in a set of keys.</summary>
internal readonly record struct KeyedMember(string Key, string Member);

/// <summary>
/// The commands of a server that checkpoints need: each is executed as a whole or not at all. Where one fails without an answer, it may have been
/// executed. What the server refuses is a <see cref="StackExchange.Redis.RedisServerException"/>.
/// </summary>
internal interface ICheckpointCommands : IAsyncDisposable
{
    /// <summary>Raises the epoch, which is the caller's from then on.</summary>
    /// <returns>The new epoch.</returns>
    Task<long> AcquireAsync(string epochKey, string ownerKey, string owner);

    /// <summary>A setting of the server; empty where it has none of this name.</summary>
    Task<string> SettingAsync(string name);

    /// <summary>Sets a value and adds a member, if the caller owns the epoch, or nobody does, and all required values exist.</summary>
    /// <returns>The reply, with the stored epoch where overtaken, or the index of a missing value.</returns>
    Task<(CommitReply Reply, long Detail)> CommitAsync(
        Ownership owner, IReadOnlyList<string> required, string key, ReadOnlyMemory<byte> value, SetMember member);

    /// <summary>Deletes values and their members of a set, if the caller owns the epoch.</summary>
    /// <returns>Whether it does.</returns>
    Task<bool> DeleteAsync(Ownership owner, string set, IReadOnlyList<KeyedMember> deleted);

    /// <summary>The members of a set.</summary>
    Task<IReadOnlyList<string>> MembersAsync(string set);

    /// <summary>A value; null where there is none.</summary>
    Task<byte[]?> GetAsync(string key);

    /// <summary>A part of a value: less where it is shorter, empty or null where there is none.</summary>
    Task<byte[]?> GetRangeAsync(string key, long offset, int count);

    /// <summary>Whether there is a value.</summary>
    Task<bool> ExistsAsync(string key);

    /// <summary>Adds a member, and then sets a value: two commands, of which the second may fail alone.</summary>
    Task StoreAsync(SetMember member, string key, ReadOnlyMemory<byte> value);
}
