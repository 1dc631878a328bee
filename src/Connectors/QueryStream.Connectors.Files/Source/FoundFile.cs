namespace QueryStream.Connectors.Files.Source;

/// <summary>A file of a source.</summary>
/// <param name="Name">Its path below what all files of the source have in common, with slashes: the name of its split.</param>
/// <param name="Path">Its whole path.</param>
/// <param name="Changed">When it was last written to.</param>
internal sealed record FoundFile(string Name, string Path, DateTimeOffset Changed);
