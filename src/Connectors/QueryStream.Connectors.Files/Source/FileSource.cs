using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Files as a source.</summary>
internal sealed class FileSource<T>(FileSourceOptions options, RecordFormat<T> format) : ISource<T>
{
    public bool IsBounded => options.WatchEvery is null;

    // The only time is the file's modification time.
    public bool HasEventTimes => false;

    public ISourceReader<T> CreateReader(SourceContext context) => new FileSourceReader<T>(options, format, context);
}
