using QueryStream.Core.Files;

namespace QueryStream.Blobs;

/// <summary>The file operations of blobs and bundles.</summary>
internal static class BlobFiles
{
    private const string Temporary = ".tmp";

    // Longer than an upload takes; other processes may share the folder.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    public static FileStream OpenRead(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Creates a directory that only the user of this process can write to: code is loaded from it.</summary>
    public static void CreateDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A new name in a directory for what is not complete yet.</summary>
    public static string NewTemporary(string directory) => Path.Combine(directory, $"{Path.GetRandomFileName()}{Temporary}");

    /// <summary>Deletes what writers have left behind that were killed.</summary>
    public static void DeleteAbandoned(string directory, DateTimeOffset now)
    {
        foreach (FileSystemInfo entry in new DirectoryInfo(directory).EnumerateFileSystemInfos($"*{Temporary}"))
        {
            if (now - entry.LastWriteTimeUtc > Abandoned)
            {
                Delete(entry.FullName);
            }
        }
    }

    /// <summary>Flushes a file and gives it its name, durably: after a crash it is complete, or not there.</summary>
    public static void Commit(FileStream file, string to)
    {
        file.Flush(flushToDisk: true);
        string from = file.Name;
        file.Dispose();
        File.Move(from, to, overwrite: true);
        DurableFolder.Flush(Path.GetDirectoryName(to)!);
    }

    /// <summary>Deletes a file or a directory, if it is there.</summary>
    public static void Delete(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // Another process was faster.
        }
    }
}
