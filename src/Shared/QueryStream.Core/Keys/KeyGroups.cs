namespace QueryStream.Core.Keys;

/// <summary>A shard of the key space: the unit in which keyed state moves between subtasks.</summary>
/// <param name="Number">From 0 to the job's number of key groups - 1.</param>
public readonly record struct KeyGroup(int Number)
{
    /// <summary>The number of key groups of a job that sets none, and so its largest parallelism.</summary>
    public const int DefaultCount = 128;

    /// <summary>The key group of a hash: its high 32 bits, scaled. The low bits choose the slot in a table.</summary>
    public static KeyGroup Of(ulong hash, int keyGroups) => new((int)(((hash >> 32) * (ulong)keyGroups) >> 32));
}

/// <summary>
/// Which subtask owns which key group. A table instead of arithmetic, so that a later version can move single key groups. Both ends of a channel
/// compare <see cref="Version"/> before they exchange a row. Immutable; safe on any thread.
/// </summary>
public sealed class RoutingTable
{
    private readonly ushort[] _owners;

    private RoutingTable(int version, int parallelism, ushort[] owners)
    {
        Version = version;
        Parallelism = parallelism;
        _owners = owners;
    }

    /// <summary>Grows with every change of ownership in a job.</summary>
    public int Version { get; }

    /// <summary>The number of subtasks.</summary>
    public int Parallelism { get; }

    /// <summary>The number of key groups.</summary>
    public int KeyGroups => _owners.Length;

    /// <summary>Gives each subtask a contiguous range of key groups; the sizes differ by one at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The parallelism is not between 1 and the number of key groups.</exception>
    public static RoutingTable Spread(int version, int keyGroups, int parallelism)
    {
        if (parallelism < 1 || parallelism > keyGroups || keyGroups > ushort.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(parallelism), parallelism, $"The parallelism must be between 1 and the number of key groups, {keyGroups}.");
        }

        ushort[] owners = new ushort[keyGroups];
        for (int group = 0; group < keyGroups; group++)
        {
            owners[group] = (ushort)((long)group * parallelism / keyGroups);
        }

        return new RoutingTable(version, parallelism, owners);
    }

    /// <summary>The subtask that owns the key group.</summary>
    public int SubtaskOf(KeyGroup group) => _owners[group.Number];

    /// <summary>The subtask that owns the key group of a hash.</summary>
    public int SubtaskOf(ulong hash) => _owners[KeyGroup.Of(hash, _owners.Length).Number];
}
