using Microsoft.Extensions.Logging;
using QueryStream.JobSubmit.Output;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Commands;

/// <summary>What a command is given besides its options.</summary>
/// <param name="Terminal">Where to write.</param>
/// <param name="Settings">What stands behind <c>--</c>.</param>
internal sealed record CommandContext(Terminal Terminal, string[] Settings)
{
    /// <summary>Set to get debug lines.</summary>
    private const string LevelVariable = "QUERYSTREAM_LOG";

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>The log; beside JSON it goes to stderr.</summary>
    public LineLoggers CreateLoggers(bool json)
    {
        LogLevel least = Enum.TryParse(Environment.GetEnvironmentVariable(LevelVariable), ignoreCase: true, out LogLevel level) ? level : LogLevel.Information;
        return new LineLoggers(json ? Terminal.Error : Terminal.Out, least, Time);
    }
}
