using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.DataGen;

/// <summary>Generated rows as a source.</summary>
internal sealed class GeneratorSource<T>(GeneratorOptions options, RowGenerator<T> generate) : ISource<T>
{
    public bool IsBounded => options.Count is not null;

    public ISourceReader<T> CreateReader(SourceContext context) => new GeneratorReader<T>(options, generate, context);
}
