using QueryStream.Checkpoints.Chunks;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;

namespace QueryStream.Checkpoints.Snapshots;

/// <summary>Which subtask gets which items of a state when it is restored. The numbers are stored: they never change.</summary>
public enum StateKind : byte
{
    /// <summary>An item belongs to a key, and goes to the subtask that owns the key's group.</summary>
    Keyed = 1,

    /// <summary>Items are distributed over all subtasks, or each subtask reads all of them: the operator decides.</summary>
    List = 2,

    /// <summary>All subtasks hold the same items: one copy is kept, and all get it.</summary>
    Broadcast = 3,
}

/// <summary>Items of one state that were written together. Immutable.</summary>
/// <param name="KeyGroup">For keyed state the key group of all items, otherwise -1.</param>
/// <param name="Count">The number of items.</param>
/// <param name="Content">Where the items are, one after the other as their codec writes them.</param>
public sealed record StateChunk(int KeyGroup, int Count, ChunkHandle Content);

/// <summary>One named state of an operator. Immutable.</summary>
/// <param name="Name">Its name, unique in the operator.</param>
/// <param name="Kind">Which subtask gets which items.</param>
/// <param name="Schema">The layout of an item.</param>
/// <param name="Chunks">The items. A key group and subtask may have several chunks.</param>
public sealed record StateSnapshot(string Name, StateKind Kind, Schema Schema, IReadOnlyList<StateChunk> Chunks);

/// <summary>The state of an operator: of one subtask as it was written, or of all of them together. Immutable.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Name">Its name when it was written, for errors.</param>
/// <param name="States">Its states.</param>
public sealed record OperatorSnapshot(OperatorId Operator, string Name, IReadOnlyList<StateSnapshot> States)
{
    /// <summary>The chunks of all its states.</summary>
    public IEnumerable<StateChunk> Chunks => States.SelectMany(state => state.Chunks);
}
