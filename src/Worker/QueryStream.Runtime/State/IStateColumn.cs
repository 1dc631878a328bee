using QueryStream.Runtime.Snapshots;

namespace QueryStream.Runtime.State;

/// <summary>One named state of an operator, by key group and slot.</summary>
/// <typeparam name="TKey">The key.</typeparam>
internal interface IStateColumn<TKey>
{
    /// <summary>The state's name.</summary>
    string Name { get; }

    /// <summary>Whether anything in it ever expires.</summary>
    bool Expires { get; }

    /// <summary>Whether a slot has state, expired or not.</summary>
    bool Has(int group, int slot);

    /// <summary>Makes room for slots of a group.</summary>
    void EnsureCapacity(int group, int slots);

    /// <summary>Moves the state of the last slot into the slot of a key that was removed.</summary>
    void Move(int group, int from, int to);

    /// <summary>Removes the expired state of a slot.</summary>
    void Expire(int group, int slot);

    /// <summary>Removes the state of a slot.</summary>
    void Drop(int group, int slot);

    /// <summary>Adds the state of this moment to a capture that holds the store's versions.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="keys">The store's keys, by key group.</param>
    void Capture(StateCapture capture, FrozenKeys<TKey>[] keys);

    /// <summary>Restores the state.</summary>
    Task RestoreAsync(StateReader state);
}
