using System.Globalization;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Terminal;

/// <summary>The console as a sink.</summary>
internal sealed class ConsoleSink<T>(Func<T, string> format, string prefix, TextWriter? output) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) =>
        new ConsoleWriter<T>(format, PrefixOf(context), output ?? OutputOf(context), context);

    private static TextWriter OutputOf(SinkContext context) =>
        (context.Services.GetService(typeof(ConsoleOutput)) as ConsoleOutput)?.Writer ?? Console.Out;

    private string PrefixOf(SinkContext context)
    {
        string subtask = context.Parallelism > 1 ? string.Create(CultureInfo.InvariantCulture, $"{context.Task.Subtask + 1}> ") : "";
        return prefix.Length == 0 ? subtask : subtask.Length == 0 ? $"{prefix}> " : $"{prefix}:{subtask}";
    }
}
