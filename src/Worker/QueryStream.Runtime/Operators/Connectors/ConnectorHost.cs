using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>The task as one of its connectors sees it. What a callback throws names that connector.</summary>
/// <param name="context">The task.</param>
/// <param name="name">The connector's name.</param>
internal sealed class ConnectorHost(TaskContext context, string name) : IConnectorHost
{
    public TimeProvider Time => context.Time;

    public IServiceProvider Services => context.Environment.Services;

    public ILoggerFactory Loggers => context.Environment.Loggers;

    public bool HasCheckpoints => context.Deployment.HasCheckpoints;

    public void Wake() => context.Wake();

    public void Fail(Exception exception) => context.Fail(name, exception);

    public void ShowProblem(string? problem) => context.Metrics.SetProblem(name, problem);

    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed) =>
        context.StartOutside(work, result => context.Run(name, () => completed(result)));

    public IDisposable After(TimeSpan delay, Action callback) => context.After(delay, () => context.Run(name, callback));

    public ulong NextRandom() => context.NextRandom();
}
