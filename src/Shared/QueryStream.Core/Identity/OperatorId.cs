namespace QueryStream.Core.Identity;

/// <summary>
/// An operator of a job: a hash of its explicit name, or of its place in the graph. Names its state across versions of a job, and does
/// not depend on how operators are chained.
/// </summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct OperatorId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
