using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using QueryStream.Hosting;

namespace QueryStream.Local;

/// <summary>
/// Keeps the last lines of the log in memory, as the console has them. The levels that are on are those of the configuration: a level that is off
/// does not get here.
/// </summary>
/// <param name="log">Where they are kept.</param>
/// <param name="options">The options of the lines.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentLogProvider(RecentLog log, IOptions<LineFormatterOptions> options, TimeProvider time) : ILoggerProvider
{
    private readonly LineFormatter _formatter = new(options, time);

    public ILogger CreateLogger(string categoryName) => new Logger(log, _formatter, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(RecentLog log, LineFormatter lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using StringWriter text = new(CultureInfo.InvariantCulture);
            lines.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, text);

            // Empty: an error that the program reports in another way.
            if (text.GetStringBuilder() is { Length: > 0 } line)
            {
                log.Append(line.ToString());
            }
        }
    }
}
