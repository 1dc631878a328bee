using System.Collections.Frozen;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>What one subtask of a source is given.</summary>
public sealed class SourceContext : ConnectorContext
{
    /// <summary>Creates a context.</summary>
    public SourceContext(TaskId task, int parallelism, IConnectorHost host)
        : base(task, parallelism, host)
    {
    }

    /// <summary>
    /// By split: the offset of the last record that a snapshot holds. Of all subtasks' splits, since they may be dealt out otherwise now. A
    /// reader goes on behind it, and begins a split that is not here as its settings say. Filled before the reader opens.
    /// </summary>
    public IReadOnlyDictionary<string, long> Restored { get; set; } = FrozenDictionary<string, long>.Empty;

    /// <summary>By split: what <see cref="ISourceReader{T}.SnapshotSplit"/> gave, for those where it gave something.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RestoredStates { get; set; } = FrozenDictionary<string, ReadOnlyMemory<byte>>.Empty;
}
