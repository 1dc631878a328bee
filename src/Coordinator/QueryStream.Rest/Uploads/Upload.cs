using QueryStream.Blobs;

namespace QueryStream.Rest.Uploads;

/// <summary>Jobs that were uploaded: their files are in the store of blobs.</summary>
/// <param name="Id">Names it in paths: random digits and the name of the file.</param>
/// <param name="Name">The name of the file.</param>
/// <param name="UploadedAt">When it came.</param>
/// <param name="Bundle">The bundle of the files.</param>
/// <param name="Classes">The full names of the classes that are jobs; at least one.</param>
public sealed record Upload(string Id, string Name, DateTimeOffset UploadedAt, ContentHash Bundle, IReadOnlyList<string> Classes);
