namespace QueryStream.Blobs.Bundles;

/// <summary>One file of a bundle.</summary>
/// <param name="Name">Its path in the folder of the job, with slashes: <c>runtimes/linux-x64/native/libmodel.so</c>.</param>
/// <param name="Hash">Names its content.</param>
/// <param name="Length">Its size in bytes.</param>
public sealed record BundleFile(string Name, ContentHash Hash, long Length);
