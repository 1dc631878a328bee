using Microsoft.Extensions.Logging;

namespace QueryStream.Simulation.Reports;

/// <summary>Collects what the processes log that must never happen, and writes all of it to the trace.</summary>
/// <param name="trace">Receives each line; null: nobody does.</param>
internal sealed class SimulationLog(Action<string>? trace) : ILoggerFactory, ILogger
{
    // "Passes over a damaged checkpoint".
    private const int PassedOver = 3032;

    /// <summary>What must never be logged.</summary>
    public List<string> Defects { get; } = [];

    /// <summary>The clock of the lines.</summary>
    public Func<DateTimeOffset> Now { get; set; } = static () => default;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => trace is not null || logLevel >= LogLevel.Warning;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Critical || eventId.Id == PassedOver)
        {
            Defects.Add($"{formatter(state, exception)} {exception}");
        }

        trace?.Invoke($"{Now():mm:ss.fff} {logLevel}: {formatter(state, exception)} {exception?.Message}");
    }

    public void Dispose()
    {
    }
}
