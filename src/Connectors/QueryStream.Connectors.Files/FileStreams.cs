using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files;

/// <summary>Files in jobs.</summary>
public static class FileStreams
{
    /// <summary>
    /// Appends dead letters to a file, one JSON object a line (<see cref="DeadLetterJson"/>). Subtasks of one process may share a file;
    /// their lines do not mix. Lines are with the operating system when they count as acknowledged, not necessarily on disk.
    /// </summary>
    /// <param name="stream">The dead letters.</param>
    /// <param name="name">The sink's name; people see it as <c>Sink: name</c>.</param>
    /// <param name="path">The file, on the machine of each worker; created where it is missing, its folder is not.</param>
    /// <exception cref="JobDefinitionException">The path is empty.</exception>
    public static void ToFile(this Stream<DeadLetter> stream, string name, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new JobDefinitionException($"The sink '{name}' has no path: give it the file to append to.");
        }

        stream.To(name, new LineFileSink<DeadLetter>(path, DeadLetterJson.Write));
    }
}
