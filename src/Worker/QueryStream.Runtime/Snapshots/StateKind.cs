namespace QueryStream.Runtime.Snapshots;

/// <summary>Who gets which items of a state when it is restored. Numbers are stored: they never change.</summary>
public enum StateKind : byte
{
    /// <summary>An item belongs to a key, and goes to the subtask that its key group goes to.</summary>
    Keyed = 1,

    /// <summary>Items are dealt out over all subtasks, or each of them sees all: whoever reads decides.</summary>
    List = 2,

    /// <summary>All subtasks hold the same items: one copy is kept, and all get it.</summary>
    Broadcast = 3,
}
