namespace QueryStream.Generators.Model;

/// <summary>A member of a record.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as generated code writes it.</param>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="JsonAlias">Another name that is read; null for none.</param>
/// <param name="IsRequired">Whether a JSON text must have it.</param>
/// <param name="HoldsText">Whether a kept copy needs texts of its own.</param>
/// <param name="Default">What it is where nothing was written, as generated code writes it.</param>
internal sealed record MemberModel(string Name, string Type, string JsonName, string? JsonAlias, bool IsRequired, bool HoldsText, string Default);
