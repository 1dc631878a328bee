namespace QueryStream.Core.Identity;

/// <summary>Counts the checkpoints of a job, from 1; an id never comes twice, whatever attempt or coordinator gave it.</summary>
/// <param name="Number">From 1.</param>
public readonly record struct CheckpointId(long Number)
{
    /// <inheritdoc/>
    public override string ToString() => Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
