using QueryStream.Blobs.Bundles;

namespace QueryStream.Rest.Uploads;

/// <summary>The names that uploaded files may have.</summary>
internal static class UploadNames
{
    /// <summary>The name of a file that a client sends, which may tell its folder too.</summary>
    /// <exception cref="RestException">It is not allowed.</exception>
    public static string Of(string path)
    {
        string name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
        return Path.GetExtension(name).ToLowerInvariant() is not (".dll" or ".zip")
                ? throw new RestException(400, $"Only .dll and .zip files are allowed, and the name is '{name}'.")
            : BundleNames.Problem(name) is string problem ? throw new RestException(400, $"The file name '{name}' {problem}.")
            : name;
    }
}
