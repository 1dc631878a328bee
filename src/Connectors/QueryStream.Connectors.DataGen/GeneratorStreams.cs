using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.DataGen;

/// <summary>Generated rows in jobs.</summary>
public static class GeneratorStreams
{
    /// <summary>
    /// Generates rows, for tests, demos and measurements:
    /// <code>
    /// job.Generate("orders", new GeneratorOptions { RowsPerSecond = 100, Count = 10_000 }, row =>
    ///     new Order(Id: row.Sequence(from: 1), Customer: row.Choice("Ann", "Bob"), Amount: row.Decimal(1m, 100m, digits: 2)));
    /// </code>
    /// A row depends on its number and the seed only, so that a restored job goes on with the very rows that would have come.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name; people see it as <c>Source: name</c>.</param>
    /// <param name="options">How many, how fast.</param>
    /// <param name="generate">Makes a row, of nothing but what it is given. Called by several threads.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static SourceStream<T> Generate<T>(this StreamBuilder job, string name, GeneratorOptions options, RowGenerator<T> generate)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(options);
        return job.Source(name, new GeneratorSource<T>(options.Validate(name), generate));
    }
}
