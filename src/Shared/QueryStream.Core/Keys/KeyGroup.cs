namespace QueryStream.Core.Keys;

/// <summary>A shard of the key space: the unit in which keyed state moves between subtasks.</summary>
/// <param name="Number">From 0 to the job's number of key groups - 1.</param>
public readonly record struct KeyGroup(int Number)
{
    /// <summary>How many there are where a job says nothing else; also the largest parallelism of such a job.</summary>
    public const int DefaultCount = 128;

    /// <summary>The key group of a hash: its high bits, scaled to the range, so that the low bits stay free for the slot in a table.</summary>
    public static KeyGroup Of(ulong hash, int keyGroups) => new((int)(((hash >> 32) * (ulong)keyGroups) >> 32));
}
