namespace QueryStream.Core.Identity;

/// <summary>Counts the executions of a job's tasks, from 0. What an older attempt still sends or writes is refused.</summary>
/// <param name="Number">From 0.</param>
public readonly record struct Attempt(int Number)
{
    /// <inheritdoc/>
    public override string ToString() => Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
