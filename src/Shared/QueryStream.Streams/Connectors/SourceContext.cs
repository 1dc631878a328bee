using System.Collections.Frozen;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>The context of one subtask of a source.</summary>
public sealed class SourceContext : ConnectorContext
{
    /// <summary>Creates a context.</summary>
    public SourceContext(TaskId task, int parallelism, IConnectorHost host)
        : base(task, parallelism, host)
    {
    }

    /// <summary>
    /// For each split, the offset of the last record in the snapshot. It contains the splits of all subtasks, since their distribution may have
    /// changed. A reader continues after the offset, and starts a split that is missing here as its settings say. Set before the reader opens.
    /// </summary>
    public IReadOnlyDictionary<string, long> Restored { get; set; } = FrozenDictionary<string, long>.Empty;

    /// <summary>For each split, the state from <see cref="ISourceReader{T}.SnapshotSplit"/>, if it is not empty.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RestoredStates { get; set; } = FrozenDictionary<string, ReadOnlyMemory<byte>>.Empty;
}
