using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Files as a source.</summary>
internal sealed class FileSource<T>(FileSourceOptions options, FileFormat<T> format) : ISource<T>
{
    public bool IsBounded => options.WatchEvery is null;

    public ISourceReader<T> CreateReader(SourceContext context) => new FileSourceReader<T>(options, format, context);
}
