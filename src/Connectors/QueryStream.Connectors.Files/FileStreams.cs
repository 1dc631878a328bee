using QueryStream.Connectors.Files.Sink;
using QueryStream.Connectors.Files.Source;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files;

/// <summary>Files in jobs.</summary>
public static class FileStreams
{
    /// <summary>
    /// Reads files, each once: <c>job.Files&lt;Order&gt;("orders", new FileSourceOptions { Path = "in" }).Csv()</c>. A record is a line. A file is a split with a watermark of its own, and is read by one subtask; in a snapshot stands how far. The time of
    /// a row is that of its file, unless the job takes one from the row. What is no row is a dead letter, whose detail begins with
    /// <c>file:line:column</c>: <c>record-too-large</c>, <c>unterminated-quote</c>, <c>time-out-of-range</c>, <c>unreadable-file</c>, and the reasons of the format.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name; people see it as <c>Source: name</c>.</param>
    /// <param name="options">Which files.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static RecordSource<T> Files<T>(this StreamBuilder job, string name, FileSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FileRecordSource<T>(job, name, options.Validate(name));
    }

    /// <summary>
    /// Writes rows to files in a folder, at least once: <c>rows.ToFiles("copies", new FileSinkOptions { Folder = "out" }).Json()</c>. Each subtask writes one file at a time, <c>.part-0-000001.csv</c>, which loses its dot when it
    /// is complete: when it is large or old enough, and at the end. What an end without notice leaves keeps its dot.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name; people see it as <c>Sink: name</c>.</param>
    /// <param name="options">Where to, and how large.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static RecordSink<T> ToFiles<T>(this Stream<T> stream, string name, FileSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FileRecordSink<T>(stream, name, options.Validate(name));
    }

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

    private sealed class FileRecordSource<T>(StreamBuilder job, string name, FileSourceOptions options) : RecordSource<T>(job, name)
    {
        protected override ISource<T> CreateSource(RecordFormat<T> format) => new FileSource<T>(options, format);
    }

    private sealed class FileRecordSink<T>(Stream<T> stream, string name, FileSinkOptions options) : RecordSink<T>(stream, name)
    {
        protected override ISink<T> CreateSink(RecordFormat<T> format) => new RollingFileSink<T>(options, format);
    }
}
