namespace QueryStream.Core.Identity;

/// <summary>A vertex of a job graph: a hash of its explicit name, or of its place in the graph. Names state across versions of a job.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct VertexId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
