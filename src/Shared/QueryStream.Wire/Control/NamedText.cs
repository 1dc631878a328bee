namespace QueryStream.Wire.Control;

/// <summary>A text and what it is of.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Text">The text.</param>
public readonly record struct NamedText(string Name, string Text);
