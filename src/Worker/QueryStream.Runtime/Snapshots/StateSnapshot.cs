using QueryStream.Core.Codecs;

namespace QueryStream.Runtime.Snapshots;

/// <summary>One named state of an operator. Immutable.</summary>
/// <param name="Name">Its name, unique in the operator.</param>
/// <param name="Kind">Who gets which items.</param>
/// <param name="Schema">The layout of an item.</param>
/// <param name="Chunks">The items: of keyed state a chunk a key group and subtask, of list state a chunk an item.</param>
public sealed record StateSnapshot(string Name, StateKind Kind, Schema Schema, IReadOnlyList<StateChunk> Chunks);
