using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Connectors;

namespace QueryStream.Runtime.Operators.Connectors;

/// <summary>The task as one of its connectors sees it. Errors of the connector's callbacks name its operator.</summary>
/// <param name="context">The task.</param>
/// <param name="name">The connector's operator.</param>
internal sealed class ConnectorHost(TaskContext context, string name) : IConnectorHost, IAttributable
{
    public string Name => name;

    public TimeProvider Time => context.Time;

    public IServiceProvider Services => context.Environment.Services;

    public ILoggerFactory Loggers => context.Environment.Loggers;

    public bool HasCheckpoints => context.Deployment.HasCheckpoints;

    public bool IsBarrierComing => context.IsBarrierComing;

    public void RequestCheckpoint(string reason) => context.RequestCheckpoint(name, reason);

    public void Wake() => context.Io.Wake();

    public void Fail(Exception exception) => context.Io.Fail(name, exception);

    public void ShowProblem(string? problem) => context.Metrics.SetProblem(name, problem);

    public void AddBytesWritten(long bytes) => context.Metrics.BytesWritten.Add(bytes);

    public void AddWrite(TimeSpan latency) => context.Metrics.WriteLatency.Add(latency.TotalMilliseconds, 1);

    public void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed) =>
        context.Io.Start(work, result => context.Attribution.Run(this, () => completed(result)));

    public IDisposable After(TimeSpan delay, Action callback) => context.Timers.After(delay, () => context.Attribution.Run(this, callback));

    public ulong NextRandom() => context.Io.NextRandom();
}
