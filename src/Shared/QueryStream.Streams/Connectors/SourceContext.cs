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
}
