using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace QueryStream.TestKit.Logging;

/// <summary>Collects log lines. Thread-safe.</summary>
public sealed class LogCollector : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    /// <summary>The lines so far.</summary>
    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>The lines of a level.</summary>
    public IReadOnlyList<string> Of(LogLevel level) => [.. _lines.Where(line => line.Level == level).Select(line => line.Message)];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => this;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("A log collector has no providers.");

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new LogLine(logLevel, eventId.Id, formatter(state, exception)));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

/// <summary>A log line.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Id">Its event id.</param>
/// <param name="Message">Its text.</param>
public readonly record struct LogLine(LogLevel Level, int Id, string Message);
