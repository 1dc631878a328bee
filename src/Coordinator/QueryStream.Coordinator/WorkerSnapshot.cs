using QueryStream.Core.Identity;

namespace QueryStream.Coordinator;

/// <summary>One worker.</summary>
/// <param name="Worker">Its name.</param>
/// <param name="Slots">Its slots, by index.</param>
public sealed record WorkerSnapshot(WorkerId Worker, IReadOnlyList<SlotSnapshot> Slots);
