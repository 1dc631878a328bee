namespace QueryStream.Core.Identity;

/// <summary>One slot of one worker: room for one subtask of every vertex of one job.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Index">From 0 to the worker's number of slots - 1.</param>
public readonly record struct SlotId(WorkerId Worker, int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Worker}/{Index}";
}
