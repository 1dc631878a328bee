using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLogLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace QueryStream.Cluster.Strangers;

/// <summary>
/// Writes Akka's errors to the log of the process. To Akka a stranger's bytes are an error with a stack trace, or several, for each connection; here
/// they are one line.
/// </summary>
internal sealed class NodeLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    private readonly NodeLogSetup _setup = Context.System.Settings.Setup.Get<NodeLogSetup>().Value;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent entry:
                Write(entry);
                break;
        }
    }

    private void Write(LogEvent entry)
    {
        TransportProblem? problem = TransportProblem.Of(entry);
        if (problem?.IsNews == true)
        {
            _setup.Strangers.Failed(problem);
            return;
        }

        ILogger log = _setup.Loggers.CreateLogger(entry.LogClass.FullName ?? nameof(Akka));
        Log.Akka(log, problem is null ? LevelOf(entry) : LogLevel.Debug, entry.Cause, $"{entry.Message}");
    }

    private static LogLevel LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        AkkaLogLevel.ErrorLevel => LogLevel.Error,
        AkkaLogLevel.WarningLevel => LogLevel.Warning,
        AkkaLogLevel.InfoLevel => LogLevel.Information,
        _ => LogLevel.Debug,
    };
}
