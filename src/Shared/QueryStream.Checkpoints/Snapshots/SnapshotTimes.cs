namespace QueryStream.Checkpoints.Snapshots;

/// <summary>How long each part of a task's snapshot took, by the clock of its worker.</summary>
/// <param name="StartDelay">From the trigger's arrival to that of the first barrier; zero if the barrier was first.</param>
/// <param name="Alignment">From the first barrier to the last one.</param>
/// <param name="Sync">From then until all operators had captured their state, and sinks had written what came before: it takes no input.</param>
/// <param name="Async">From then until the captures were stored, while the task went on.</param>
public readonly record struct SnapshotTimes(TimeSpan StartDelay, TimeSpan Alignment, TimeSpan Sync, TimeSpan Async);
