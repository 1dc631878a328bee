using QueryStream.Core.Identity;

namespace QueryStream.Wire.Control;

/// <summary>The first message on a connection: who connects, and what it offers. Answered by <see cref="WorkerRegistered"/>.</summary>
/// <param name="Worker">The worker; a connection of the same name that is still there is replaced.</param>
/// <param name="Slots">How many slots it has.</param>
/// <param name="Held">What it runs since an earlier connection.</param>
public sealed record RegisterWorker(WorkerId Worker, int Slots, IReadOnlyList<HeldJob> Held) : CoordinatorMessage;
