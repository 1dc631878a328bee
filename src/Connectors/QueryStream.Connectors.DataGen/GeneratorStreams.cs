using QueryStream.Core.Errors;
using QueryStream.Streams;

namespace QueryStream.Connectors.DataGen;

/// <summary>Creates a row.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">The row's index, event time and random values.</param>
public delegate T RowGenerator<out T>(GeneratedRow row);

/// <summary>Generator sources of jobs.</summary>
public static class GeneratorStreams
{
    /// <summary>
    /// Generates rows, for tests, demos and measurements:
    /// <code>
    /// job.Generate("orders", new GeneratorOptions { RowsPerSecond = 100, Count = 10_000 }, row =>
    ///     new Order(Id: row.Sequence(from: 1), Customer: row.Choice("Ann", "Bob"), Amount: row.Decimal(1m, 100m, digits: 2)));
    /// </code>
    /// A row depends only on its index and the seed, so a restored job continues with the same rows.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="name">The source's name, shown as <c>Source: name</c>.</param>
    /// <param name="options">The number of rows, their rate and their times.</param>
    /// <param name="generate">Creates a row from its argument only. Called by several threads concurrently.</param>
    /// <exception cref="JobDefinitionException">An option is not allowed.</exception>
    public static SourceStream<T> Generate<T>(this StreamBuilder job, string name, GeneratorOptions options, RowGenerator<T> generate)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(options);
        return job.Source(name, new GeneratorSource<T>(options.Validate(name), generate));
    }
}
