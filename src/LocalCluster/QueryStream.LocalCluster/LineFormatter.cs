using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace QueryStream.Local;

/// <summary>The options of the log's lines, from <c>Logging:Console:FormatterOptions</c>.</summary>
internal sealed class LineFormatterOptions : ConsoleFormatterOptions
{
    /// <summary>Whether exceptions are written with stack traces. True if the log level is Debug or lower.</summary>
    public bool IncludeStackTraces { get; set; }
}

/// <summary>
/// Formats log events as one line each: time, level, message. Without stack traces it leaves out errors that the program itself reports as
/// its last line.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="time">The clock.</param>
internal sealed class LineFormatter(IOptions<LineFormatterOptions> options, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    /// <summary>The formatter's name in the configuration.</summary>
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        Exception? exception = logEntry.Exception;
        bool hasStackTrace = options.Value.IncludeStackTraces;
        if (exception is not null && !hasStackTrace && ReportedErrors.IsReported(exception))
        {
            return;
        }

        string clock = time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string message = logEntry.Formatter(logEntry.State, exception).ReplaceLineEndings(" ");
        textWriter.Write($"{clock} {LevelName(logEntry.LogLevel)} {message}");
        if (exception is not null)
        {
            textWriter.Write(hasStackTrace
                ? $"{Environment.NewLine}{exception}"
                : $": {exception.GetType().Name}: {exception.Message.ReplaceLineEndings(" ")} "
                + $"({LocalHost.LogVariable}=debug shows where it was thrown)");
        }

        textWriter.WriteLine();
    }

    private static string LevelName(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO ",
        LogLevel.Warning => "WARN ",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };
}
