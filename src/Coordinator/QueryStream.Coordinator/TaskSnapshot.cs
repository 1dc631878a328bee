using QueryStream.Core.Identity;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator;

/// <summary>One task.</summary>
/// <param name="Task">Which one.</param>
/// <param name="Name">What people see: <c>Window (2/4)</c>.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Slot">Its slot; null before it has one.</param>
public sealed record TaskSnapshot(TaskId Task, string Name, TaskState State, SlotId? Slot);
