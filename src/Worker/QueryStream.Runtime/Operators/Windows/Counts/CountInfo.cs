using QueryStream.Core.Time;

namespace QueryStream.Runtime.Operators.Windows.Counts;

/// <summary>What is known of a key's window beside its accumulator.</summary>
internal struct CountInfo
{
    /// <summary>Rows since the last result.</summary>
    public long Rows;

    /// <summary>The earliest time of a row of the window.</summary>
    public EventTime First;

    /// <summary>The latest time of a row of the window.</summary>
    public EventTime Last;
}
