namespace QueryStream.Core.Identity;

/// <summary>A submitted job: 32 lower-case hexadecimal digits, as Flink writes it.</summary>
/// <param name="Value">The 128 bits.</param>
public readonly record struct JobId(UInt128 Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
