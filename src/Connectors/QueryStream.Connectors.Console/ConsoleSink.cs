using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Terminal;

/// <summary>The console as a sink.</summary>
internal sealed class ConsoleSink<T>(Func<T, string> format, string prefix, TextWriter? output) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new ConsoleWriter<T>(format, PrefixOf(context), output ?? (context.Services.GetService(typeof(ConsoleOutput)) as ConsoleOutput)?.Writer, context);

    private string PrefixOf(SinkContext context)
    {
        string subtask = context.Parallelism > 1 ? $"{context.Task.Subtask + 1}> " : "";
        return prefix.Length == 0 ? subtask : subtask.Length == 0 ? $"{prefix}> " : $"{prefix}:{subtask}";
    }
}
