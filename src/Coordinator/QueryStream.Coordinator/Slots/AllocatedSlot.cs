using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

/// <summary>A slot that a job may use until it has ended.</summary>
/// <param name="Slot">Its identity.</param>
/// <param name="Link">The connection to its worker.</param>
/// <param name="Address">Where other workers reach its worker; null: only tasks of its own process do.</param>
internal readonly record struct AllocatedSlot(SlotId Slot, ILink<WorkerMessage> Link, WorkerAddress? Address);

/// <summary>A slot of a job whose subtasks can move to another one.</summary>
/// <param name="From">Where they are.</param>
/// <param name="To">Where they can be.</param>
internal readonly record struct SpreadSlot(SlotId From, AllocatedSlot To);
