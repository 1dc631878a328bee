using QueryStream.Core.Errors;

namespace QueryStream.Streams.Windows;

/// <summary>
/// One window of all rows of a key, that gives a result every so many rows, and at the end of the input. A result's window goes from its
/// earliest row to its latest, whose event time it has. No row is late, and time closes nothing. Rows go through the exchange one by one, and
/// which of them come together depends on their order of arrival.
/// </summary>
public sealed record Global : Windowing
{
    private Global(long rows, bool startsAnew) => (Rows, StartsAnew) = (rows, startsAnew);

    /// <summary>After how many rows of a key there is a result.</summary>
    public long Rows { get; }

    /// <summary>Whether a result ends what was folded, so that each has rows of its own.</summary>
    public bool StartsAnew { get; }

    /// <summary>Windows of so many rows each: what was folded goes with the result.</summary>
    /// <param name="rows">1 or more.</param>
    /// <exception cref="JobDefinitionException">There are less than 1.</exception>
    public static Global Of(long rows) => new(Check(rows), startsAnew: true);

    /// <summary>One window without end, with an early result of all rows so far each time that so many more have come. Its keys are never forgotten.</summary>
    /// <param name="rows">1 or more.</param>
    /// <exception cref="JobDefinitionException">There are less than 1.</exception>
    public static Global Every(long rows) => new(Check(rows), startsAnew: false);

    /// <inheritdoc/>
    public override string ToString() => $"Global({(StartsAnew ? "of" : "every")} {Rows} rows)";

    private static long Check(long rows) =>
        rows >= 1 ? rows : throw new JobDefinitionException($"A global window of {rows} rows is not possible: there must be 1 or more.");
}
