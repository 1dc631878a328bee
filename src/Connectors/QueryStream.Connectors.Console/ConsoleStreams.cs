using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.Terminal;

/// <summary>The output of <c>Print</c>. A host registers it as a service if it uses the standard output for something else.</summary>
/// <param name="Writer">The writer. Must be thread-safe.</param>
public sealed record ConsoleOutput(TextWriter Writer);

/// <summary>Console sinks of jobs.</summary>
public static class ConsoleStreams
{
    /// <summary>
    /// Prints rows, one per line, to the standard output of their worker. With several subtasks each line begins with the subtask's number:
    /// <c>2> row</c>. Rows are formatted in the invariant culture, so they look the same on every machine.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, shown as <c>Sink: name</c>.</param>
    /// <param name="format">Formats the line of a row; null: <see cref="object.ToString"/>.</param>
    /// <param name="prefix">The prefix of each line, to distinguish several sinks: <c>prefix:2> row</c>.</param>
    /// <param name="output">The output; null: the <see cref="ConsoleOutput"/> of the host, else the standard output.</param>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public static StreamSink Print<T>(
        this Stream<T> stream, string name = "print", Func<T, string>? format = null, string prefix = "", TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException("The name of a console sink is empty: set it, or omit it to use 'print'.");
        }

        return stream.To(name, new ConsoleSink<T>(format ?? (static row => row?.ToString() ?? ""), prefix, output));
    }
}
