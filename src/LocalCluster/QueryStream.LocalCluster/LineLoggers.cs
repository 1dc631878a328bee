using System.Globalization;
using Microsoft.Extensions.Logging;

namespace QueryStream.Local;

/// <summary>Logs one line an event: time, level, message. Safe on any thread.</summary>
/// <param name="to">Where to.</param>
/// <param name="least">What is less important is left out.</param>
/// <param name="time">The clock.</param>
public sealed class LineLoggers(TextWriter to, LogLevel least, TimeProvider time) : ILoggerFactory
{
    private readonly LineLogger _logger = new(to, least, time);

    /// <summary>Takes the lines in place of the writer while it is set; for when the terminal is drawn on.</summary>
    public Action<LogLevel, string>? Redirect
    {
        get => _logger.Redirect;
        set => _logger.Redirect = value;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => _logger;

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("Lines go to one place.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class LineLogger(TextWriter to, LogLevel least, TimeProvider time) : ILogger
    {
        private volatile Action<LogLevel, string>? _redirect;

        public Action<LogLevel, string>? Redirect
        {
            get => _redirect;
            set => _redirect = value;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            // What a user can mend is the command's one line at its end; the log would only say it twice more.
            if (!IsEnabled(logLevel) || (exception is not null && least > LogLevel.Debug && UserErrors.IsUsers(exception)))
            {
                return;
            }

            string message = formatter(state, exception);
            if (Redirect is { } redirect)
            {
                redirect(logLevel, exception is null ? message : $"{message}: {exception.Message}");
                return;
            }

            string clock = time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            to.WriteLine($"{clock} {Name(logLevel)} {message}{(exception is null ? "" : $"{Environment.NewLine}{exception}")}");
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Trace => "TRACE",
            LogLevel.Debug => "DEBUG",
            LogLevel.Information => "INFO ",
            LogLevel.Warning => "WARN ",
            LogLevel.Error => "ERROR",
            _ => "FATAL",
        };
    }
}
