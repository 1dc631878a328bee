using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.Terminal;

/// <summary>The console in jobs.</summary>
public static class ConsoleStreams
{
    /// <summary>
    /// Prints rows, one a line, to the standard output of the worker that they are on. With several subtasks each line begins with the number of its
    /// own: <c>2> row</c>.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name; people see it as <c>Sink: name</c>.</param>
    /// <param name="format">Makes the line of a row; null: <see cref="object.ToString"/>.</param>
    /// <param name="prefix">What each line begins with, to tell several sinks apart: <c>prefix:2> row</c>.</param>
    /// <param name="output">Where to print; null: the standard output.</param>
    /// <exception cref="JobDefinitionException">The name is empty.</exception>
    public static void Print<T>(this Stream<T> stream, string name = "print", Func<T, string>? format = null, string prefix = "", TextWriter? output = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new JobDefinitionException("A console sink has no name: give it one, or leave it out.");
        }

        stream.To(name, new ConsoleSink<T>(format ?? (static row => row?.ToString() ?? ""), prefix, output));
    }
}
