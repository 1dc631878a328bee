namespace QueryStream.Connectors.Redis.Checkpoints;

/// <summary>The epoch that a command requires to be the stored one.</summary>
/// <param name="Key">Where it is stored. A missing key means 0.</param>
/// <param name="Epoch">The epoch of the caller.</param>
internal readonly record struct EpochCheck(string Key, long Epoch);

/// <summary>A member of a set.</summary>
internal readonly record struct SetMember(string Set, string Member);

/// <summary>A key, and its member in a set of keys.</summary>
internal readonly record struct KeyedMember(string Key, string Member);

/// <summary>
/// The commands of a server that checkpoints need: each is executed as a whole or not at all. Where one fails without an answer, it may have been
/// executed.
/// </summary>
internal interface ICheckpointCommands : IAsyncDisposable
{
    /// <summary>Adds 1 to a number, and returns the sum.</summary>
    Task<long> IncrementAsync(string key);

    /// <summary>A setting of the server; empty where it has none of this name.</summary>
    Task<string> SettingAsync(string name);

    /// <summary>Sets a value and adds a member, if the epoch is the stored one.</summary>
    /// <returns>The stored epoch.</returns>
    Task<long> CommitAsync(EpochCheck check, string key, ReadOnlyMemory<byte> value, SetMember member);

    /// <summary>Deletes values and their members of a set, if the epoch is the stored one.</summary>
    /// <returns>The stored epoch.</returns>
    Task<long> DeleteAsync(EpochCheck check, string set, IReadOnlyList<KeyedMember> deleted);

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
