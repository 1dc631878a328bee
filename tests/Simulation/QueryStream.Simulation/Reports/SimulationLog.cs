using Microsoft.Extensions.Logging;

namespace QueryStream.Simulation.Reports;

/// <summary>Collects what the processes log that must never happen, and writes all of it to the trace.</summary>
/// <param name="trace">Receives each line; null: nobody does.</param>
internal sealed class SimulationLog(Action<string>? trace) : ILoggerFactory, ILogger
{
    // "Passes over a damaged checkpoint".
    private const int PassedOver = 3032;

    // "Job … changes from … to …".
    private const int StatusChanged = 3010;

    // "Job … does not restart".
    private const int NotRestarted = 3035;

    // "The region … restarts".
    private const int RegionRestarting = 3041;

    // "Job … goes on: … are taken over".
    private const int Adopted = 3056;

    // "Job …: … moved to …".
    private const int MovedLive = 3080;

    // "Subtasks of job … cannot move while the others go on".
    private const int NotMovedLive = 3081;

    // "Job … runs at parallelism …".
    private const int Rescaled = 3047;

    /// <summary>What must never be logged.</summary>
    public List<string> Defects { get; } = [];

    /// <summary>How many jobs have failed, or were refused.</summary>
    public int FailedJobs { get; private set; }

    /// <summary>How many jobs have failed because their restart strategy allowed no further restart.</summary>
    public int GivenUpJobs { get; private set; }

    /// <summary>How often a region has restarted while the others went on.</summary>
    public int RegionRestarts { get; private set; }

    /// <summary>How often the job began to run at another parallelism than before.</summary>
    public int Rescales { get; private set; }

    /// <summary>How often subtasks have moved while the others went on.</summary>
    public int LiveMoves { get; private set; }

    /// <summary>How often they could not.</summary>
    public int OtherMoves { get; private set; }

    /// <summary>How often the tasks of the job went on under another coordinator.</summary>
    public int Adoptions { get; private set; }

    /// <summary>The clock of the lines.</summary>
    public Func<DateTimeOffset> Now { get; set; } = static () => default;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Critical || eventId.Id == PassedOver)
        {
            Defects.Add($"{formatter(state, exception)} {exception}");
        }

        FailedJobs += eventId.Id == StatusChanged && formatter(state, exception).EndsWith(" to Failed", StringComparison.Ordinal) ? 1 : 0;
        RegionRestarts += eventId.Id == RegionRestarting ? 1 : 0;
        Adoptions += eventId.Id == Adopted ? 1 : 0;
        LiveMoves += eventId.Id == MovedLive ? 1 : 0;
        OtherMoves += eventId.Id == NotMovedLive ? 1 : 0;
        Rescales += eventId.Id == Rescaled ? 1 : 0;
        GivenUpJobs += eventId.Id == NotRestarted ? 1 : 0;
        trace?.Invoke($"{Now():mm:ss.fff} {logLevel}: {formatter(state, exception)} {exception?.Message}");
    }

    public void Dispose()
    {
    }
}
