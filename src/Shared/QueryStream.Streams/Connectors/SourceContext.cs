using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using QueryStream.Core.Identity;

namespace QueryStream.Streams.Connectors;

/// <summary>What one subtask of a source is given.</summary>
public sealed class SourceContext : ConnectorContext
{
    /// <summary>Creates a context.</summary>
    public SourceContext(
        TaskId task, int parallelism, TimeProvider time, IServiceProvider services, ILoggerFactory loggers, Action wake, Action<Exception> fail)
        : base(task, parallelism, time, services, loggers, wake, fail)
    {
    }

    /// <summary>
    /// By split: the offset of the last record that a snapshot holds. Of all subtasks' splits, since they may be dealt out otherwise now. A
    /// reader goes on behind it, and begins a split that is not here as its settings say. Filled before the reader opens.
    /// </summary>
    public IReadOnlyDictionary<string, long> Restored { get; set; } = FrozenDictionary<string, long>.Empty;
}
