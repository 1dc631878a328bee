using System.Globalization;
using Microsoft.Extensions.Logging;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Keeps the last warnings and errors of the log, in place of writing them on a terminal that is drawn on. Safe on any thread.</summary>
/// <param name="time">The clock.</param>
internal sealed class RecentWarnings(TimeProvider time) : ILoggerProvider, ILogger
{
    private const int MaxLines = 4;

    // Guards the lines, which any thread may log.
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        string message = formatter(state, exception);
        string clock = time.GetLocalNow().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string line = $"{clock} {message}{(exception is null ? "" : $": {exception.Message}")}";
        lock (_lock)
        {
            _lines.Enqueue(line.ReplaceLineEndings(" "));
            if (_lines.Count > MaxLines)
            {
                _lines.Dequeue();
            }
        }
    }

    public void Dispose()
    {
    }
}
