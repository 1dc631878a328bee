using QueryStream.Core.Errors;

namespace QueryStream.Streams.Windows;

/// <summary>
/// One window of all rows of a key, which fires after a number of rows and at the end of the input. A result's window spans its earliest to its
/// latest row, and the result has the event time of the latest. No row is late. Rows are not pre-aggregated before the exchange, and which of them
/// share a window depends on their order of arrival.
/// </summary>
public sealed record Global : Windowing
{
    private Global(long rows, bool startsAnew) => (Rows, StartsAnew) = (rows, startsAnew);

    /// <summary>The number of rows of a key after which the window fires.</summary>
    public long Rows { get; }

    /// <summary>Whether the window starts again after each result, so that no row is in two results.</summary>
    public bool StartsAnew { get; }

    /// <summary>Windows of this number of rows each.</summary>
    /// <param name="rows">1 or more.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1.</exception>
    public static Global Of(long rows) => new(Check(rows), startsAnew: true);

    /// <summary>
    /// One window that never ends, with an early result of all rows so far after each such number of rows. Its keys are never removed.
    /// </summary>
    /// <param name="rows">1 or more.</param>
    /// <exception cref="JobDefinitionException">The number is less than 1.</exception>
    public static Global Every(long rows) => new(Check(rows), startsAnew: false);

    /// <inheritdoc/>
    public override string ToString() => $"Global({(StartsAnew ? "of" : "every")} {Rows} rows)";

    private static long Check(long rows) =>
        rows >= 1 ? rows : throw new JobDefinitionException($"A global window of {rows} rows is not possible: there must be 1 or more.");
}
