namespace QueryStream.JobSubmit.Arguments;

/// <summary>The directory of a savepoint, which the coordinator and its workers write.</summary>
internal static class DirectoryArgument
{
    /// <summary>Makes a path an absolute address, since the coordinator has another working directory; null stays null.</summary>
    public static string? Absolute(string? directory) =>
        string.IsNullOrEmpty(directory) || directory.Contains(":/", StringComparison.Ordinal) ? directory : $"file://{Path.GetFullPath(directory)}";
}
