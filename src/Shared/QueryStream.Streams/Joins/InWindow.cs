using QueryStream.Core.Errors;
using QueryStream.Streams.Windows;

namespace QueryStream.Streams.Joins;

/// <summary>Rows that fall into the same window belong together; of overlapping windows, once for each.</summary>
public sealed record InWindow : JoinCondition
{
    internal InWindow(Windowing windows) => Windows = windows is AlignedWindows or Session
        ? windows
        : throw new JobDefinitionException($"A join in windows of {windows} is not possible: tumbling, sliding and cumulating windows and sessions are.");

    /// <summary>The windows.</summary>
    public Windowing Windows { get; }

    /// <inheritdoc/>
    public override string ToString() => $"Window({Windows})";
}
