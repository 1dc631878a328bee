using Microsoft.Extensions.Logging;
using QueryStream.Core.Actors;

namespace QueryStream.Streams.Connectors;

/// <summary>
/// The services that a task provides to its connector. The engine and the test kit implement it. Connectors use it through
/// <see cref="ConnectorContext"/>, which documents the members.
/// </summary>
public interface IConnectorHost
{
    /// <inheritdoc cref="ConnectorContext.Time"/>
    TimeProvider Time { get; }

    /// <inheritdoc cref="ConnectorContext.Services"/>
    IServiceProvider Services { get; }

    /// <inheritdoc cref="ConnectorContext.Loggers"/>
    ILoggerFactory Loggers { get; }

    /// <inheritdoc cref="ConnectorContext.HasCheckpoints"/>
    bool HasCheckpoints { get; }

    /// <inheritdoc cref="ConnectorContext.IsBarrierComing"/>
    bool IsBarrierComing { get; }

    /// <inheritdoc cref="ConnectorContext.RequestCheckpoint"/>
    void RequestCheckpoint(string reason);

    /// <inheritdoc cref="ConnectorContext.Wake"/>
    void Wake();

    /// <inheritdoc cref="ConnectorContext.Fail"/>
    void Fail(Exception exception);

    /// <inheritdoc cref="ConnectorContext.ShowProblem"/>
    void ShowProblem(string? problem);

    /// <inheritdoc cref="ConnectorContext.Start{T}(Func{CancellationToken, Task{T}}, Action{IoResult{T}})"/>
    void Start<T>(Func<CancellationToken, Task<T>> work, Action<IoResult<T>> completed);

    /// <inheritdoc cref="ConnectorContext.After"/>
    IDisposable After(TimeSpan delay, Action callback);

    /// <inheritdoc cref="SinkContext.AddBytes"/>
    void AddBytesWritten(long bytes);

    /// <inheritdoc cref="SinkContext.AddWrite"/>
    void AddWrite(TimeSpan latency);

    /// <inheritdoc cref="ConnectorContext.NextRandom"/>
    ulong NextRandom();
}
