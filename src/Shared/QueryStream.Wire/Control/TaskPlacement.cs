using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>Where a task runs.</summary>
/// <param name="Vertex">Its vertex.</param>
/// <param name="Subtask">Which subtask.</param>
/// <param name="Slot">Its slot, which it shares with subtasks of the job's other vertices.</param>
public readonly record struct TaskPlacement(VertexId Vertex, int Subtask, SlotId Slot);
