using QueryStream.Blobs.Bundles;

namespace QueryStream.Rest.Uploads;

/// <summary>The names that uploaded files may have.</summary>
internal static class UploadNames
{
    /// <summary>A name, if it is allowed.</summary>
    /// <exception cref="RestException">It is not.</exception>
    public static string Check(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is not (".dll" or ".zip")
            ? throw new RestException(400, $"Only .dll and .zip files are allowed, and the name is '{name}'.")
        : BundleNames.Problem(name) is string problem ? throw new RestException(400, $"The file name '{name}' {problem}.")
        : name;
}
