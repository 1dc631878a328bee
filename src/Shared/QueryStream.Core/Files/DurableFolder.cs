using System.Runtime.InteropServices;

namespace QueryStream.Core.Files;

/// <summary>
/// Makes the names in a folder survive a power failure. Flushing a file makes its content durable, but not the name under which it was created or
/// renamed to; .NET has no call for that.
/// </summary>
public static partial class DurableFolder
{
    private const string Library = "libc";
    private const int ReadOnly = 0;
    private const int Interrupted = 4; // EINTR
    private const int Unsupported = 22; // EINVAL: the file system cannot flush folders

    /// <summary>Flushes the names of a folder to disk. On Windows it does nothing: NTFS logs names by itself.</summary>
    /// <exception cref="IOException">The folder is gone, or the disk fails.</exception>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, ReadOnly);
        if (handle < 0)
        {
            throw Failure(folder);
        }

        try
        {
            while (Sync(handle) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error == Unsupported)
                {
                    return;
                }

                if (error != Interrupted)
                {
                    throw Failure(folder);
                }
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failure(string folder) =>
        new($"The names in the folder '{folder}' could not be flushed to disk: {Marshal.GetLastPInvokeErrorMessage()}.");

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport(Library, EntryPoint = "close")]
    private static partial int Close(int handle);
}
