namespace QueryStream.Core.Codecs;

/// <summary>A member of a record's layout.</summary>
/// <param name="Name">Its name, which identifies it between versions.</param>
/// <param name="Schema">Its layout.</param>
public sealed record SchemaMember(string Name, Schema Schema);
