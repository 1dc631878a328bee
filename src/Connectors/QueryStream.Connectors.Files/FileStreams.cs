using QueryStream.Connectors.Files.Sink;
using QueryStream.Connectors.Files.Source;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files;

/// <summary>File sources and sinks of jobs.</summary>
public static class FileStreams
{
    /// <summary>
    /// Reads files, each once: <c>job.Files&lt;Order&gt;("orders", new FileSourceOptions { Path = "in" }).Csv()</c>. A record is a line. Each file is
    /// a split with its own watermark, read by one subtask; snapshots hold its position. The event time of a row is the file's modification time,
    /// unless the job assigns another one. Records that cannot become rows are dead letters, whose detail begins with <c>file:line:column</c>:
    /// <c>record-too-large</c>, <c>unterminated-quote</c>, <c>time-out-of-range</c>, <c>unreadable-file</c>, and the reasons of the format.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name, shown as <c>Source: name</c>.</param>
    /// <param name="options">The files.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static RecordSource<T> Files<T>(this StreamBuilder job, string name, FileSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FileRecordSource<T>(job, name, options.Validate(name));
    }

    /// <summary>
    /// Writes rows to files in a folder: <c>rows.ToFiles("copies", new FileSinkOptions { Folder = "out" }).Json()</c>. Each subtask writes one hidden
    /// file at a time, <c>.part-0-000001.csv</c>, which is complete at its size or age limit, at a checkpoint, and at the end. A complete file is
    /// renamed without the dot: in a job with checkpoints when the next checkpoint completes, so that visible files hold each row exactly once;
    /// otherwise at once.
    /// </summary>
    /// <param name="stream">The rows.</param>
    /// <param name="name">The sink's name, shown as <c>Sink: name</c>.</param>
    /// <param name="options">The folder and the limits of files.</param>
    /// <exception cref="JobDefinitionException">An option is missing or not allowed.</exception>
    public static RecordSink<T> ToFiles<T>(this Stream<T> stream, string name, FileSinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new FileRecordSink<T>(stream, name, options.Validate(name));
    }

    /// <summary>
    /// Appends dead letters to a file, one JSON object per line (<see cref="DeadLetterJson"/>). Subtasks of one process may share a file; their lines
    /// do not mix. Acknowledged lines are with the operating system, but perhaps not on disk.
    /// </summary>
    /// <param name="stream">The dead letters.</param>
    /// <param name="name">The sink's name, shown as <c>Sink: name</c>.</param>
    /// <param name="path">The file, on the machine of each worker. Created if it does not exist; its folder must exist.</param>
    /// <exception cref="JobDefinitionException">The path is empty.</exception>
    public static StreamSink ToFile(this Stream<DeadLetter> stream, string name, string path)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new JobDefinitionException($"The sink '{name}' has no path: give it the file to append to.");
        }

        return stream.To(name, new LineFileSink<DeadLetter>(path, DeadLetterJson.Write));
    }

    private sealed class FileRecordSource<T>(StreamBuilder job, string name, FileSourceOptions options) : RecordSource<T>(job, name)
    {
        protected override ISource<T> CreateSource(RecordFormat<T> format) => new FileSource<T>(options, format);
    }

    private sealed class FileRecordSink<T>(Stream<T> stream, string name, FileSinkOptions options) : RecordSink<T>(stream.Job, name)
    {
        protected override StreamSink AddSink(RecordFormat<T> format) => stream.To(Name, new RollingFileSink<T>(options, format));
    }
}
