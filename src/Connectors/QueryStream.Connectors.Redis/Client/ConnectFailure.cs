using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace QueryStream.Connectors.Redis.Client;

/// <summary>
/// Captures the reason why the first connection failed. The library's connect call may wait for its whole timeout although the server refused at
/// once; until it returns, only the library's log has the reason. Safe on any thread.
/// </summary>
internal sealed class ConnectFailure : ILoggerFactory, ILogger
{
    private readonly TaskCompletionSource<string> _reason = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the network has refused a connection, with its message.</summary>
    public Task<string> Reason => _reason.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error && !_reason.Task.IsCompleted;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception?.GetBaseException() is SocketException refused)
        {
            _reason.TrySetResult(refused.Message);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public void Dispose()
    {
    }
}
