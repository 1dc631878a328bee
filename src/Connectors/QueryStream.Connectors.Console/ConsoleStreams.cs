using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.Terminal;

/// <summary>Where <c>Print</c> prints. A host registers it as a service where its standard output is for something else.</summary>
/// <param name="Writer">Safe on any thread.</param>
public sealed record ConsoleOutput(TextWriter Writer);

/// <summary>The console in jobs.</summary>
public static class ConsoleStreams
{
    /// <summary>
    /// Prints rows, one per line, to the standard output of their worker. With several subtasks each line begins with the subtask's number:
    /// <c>2> row</c>. Rows are formatted in the invariant culture, so they look the same on every machine.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, shown as <c>Sink: name</c>.</param>
    /// <param name="format">Formats the line of a row; null: <see cref="object.ToString"/>.</param>
    /// <param name="prefix">The beginning of each line, to tell several sinks apart: <c>prefix:2> row</c>.</param>
    /// <param name="output">Where to print; null: the <see cref="ConsoleOutput"/> of the host, else the standard output.</param>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public static StreamSink Print<T>(this Stream<T> stream, string name = "print", Func<T, string>? format = null, string prefix = "", TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException("A console sink has no name: give it one, or leave it out.");
        }

        return stream.To(name, new ConsoleSink<T>(format ?? (static row => row?.ToString() ?? ""), prefix, output));
    }
}
