using QueryStream.Streams;

namespace QueryStream.Samples.CustomConnector;

/// <summary>Passes the lines that one command prints to another command.</summary>
public sealed class ProcessJob : IStreamJob
{
    /// <inheritdoc/>
    public string Name => "From command to command";

    /// <inheritdoc/>
    public void Define(StreamBuilder job)
    {
        ProcessSettings settings = job.Settings.Bind<ProcessSettings>();
        job.Source("command", new CommandSource(settings.From))
            .Map(line => line.ToUpperInvariant())
            .To("command", new CommandSink(settings.To));
    }
}
