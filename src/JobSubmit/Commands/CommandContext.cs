using Microsoft.Extensions.Hosting;
using QueryStream.JobSubmit.Arguments;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Commands;

/// <summary>What a command has besides its options.</summary>
/// <param name="Terminal">Where to write.</param>
/// <param name="Settings">The arguments after <c>--</c>.</param>
internal sealed record CommandContext(Terminal Terminal, string[] Settings)
{
    /// <summary>Asks that the next stop of the command, after the first one, cancels this token.</summary>
    public Func<CancellationToken> NextStop { get; init; } = static () => CancellationToken.None;

    /// <summary>Whether the program was called by its second name, <c>flink</c>, so that it prints what Flink's does.</summary>
    public bool IsFlink => Program == ProgramName.Flink;

    /// <summary>The name by which the program was called.</summary>
    public ProgramName Program { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>A host with configuration and logging.</summary>
    /// <param name="options">The options of the command line by configuration key.</param>
    public static HostApplicationBuilder CreateBuilder(params (string Key, string? Value)[] options) =>
        LocalHost.CreateBuilder(options.Select(option => KeyValuePair.Create(option.Key, option.Value)));
}
