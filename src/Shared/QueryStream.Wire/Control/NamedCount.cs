namespace QueryStream.Wire.Control;

/// <summary>A count and what it is of.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Count">How many.</param>
public readonly record struct NamedCount(string Name, long Count);
