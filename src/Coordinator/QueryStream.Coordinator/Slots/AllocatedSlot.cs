using QueryStream.Core.Identity;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Slots;

/// <summary>A slot that a job may use until it has ended.</summary>
/// <param name="Slot">Its identity.</param>
/// <param name="Link">The connection to its worker.</param>
internal readonly record struct AllocatedSlot(SlotId Slot, ILink<WorkerMessage> Link);
