using System.Globalization;
using QueryStream.Core.Files;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// The files of one subtask in a folder, one after the other. A file is hidden, with a dot before its name, until it is published. Used by one
/// thread at a time.
/// </summary>
internal sealed class RollingFiles(FileSinkOptions options, string extension, int subtask)
{
    private readonly string _folder = Path.GetFullPath(options.Folder);
    private FileStream? _file;
    private string _path = "";
    private int _number;

    /// <summary>Creates the folder, and finds the first free number.</summary>
    public void Open()
    {
        if (!Directory.Exists(_folder) && Directory.CreateDirectory(_folder).Parent is { } parent)
        {
            DurableFolder.Flush(parent.FullName);
        }

        while (File.Exists(PathOf(_number + 1)) || File.Exists(HiddenPathOf(PathOf(_number + 1))))
        {
            _number++;
        }
    }

    /// <summary>Writes whole records to the current file, which is created if there is none.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> records)
    {
        if (_file is null)
        {
            _file = Create();
            await _file.WriteAsync(header).ConfigureAwait(false);
        }

        await _file.WriteAsync(records).ConfigureAwait(false);
    }

    /// <summary>Flushes the current file to disk and closes it. It then survives a power failure under its hidden name.</summary>
    /// <returns>The path under which it will be published; null if there is no current file.</returns>
    public async Task<string?> CompleteAsync()
    {
        if (_file is not { } file)
        {
            return null;
        }

        RandomAccess.FlushToDisk(file.SafeFileHandle);
        await file.DisposeAsync().ConfigureAwait(false);
        _file = null;
        DurableFolder.Flush(_folder);
        return _path;
    }

    /// <summary>
    /// Renames complete files to their visible names, which survive a power failure. Files that are visible already are left unchanged.
    /// </summary>
    /// <exception cref="FileNotFoundException">A file exists under neither name.</exception>
    public static void Publish(string[] paths)
    {
        foreach (string path in paths)
        {
            string hidden = HiddenPathOf(path);
            if (File.Exists(hidden))
            {
                File.Move(hidden, path, overwrite: true);
            }
            else if (!File.Exists(path))
            {
                throw new FileNotFoundException(
                    $"The file '{hidden}', which the checkpoint holds, is missing: it was moved or deleted, or is on another machine.", hidden);
            }
        }

        foreach (string folder in paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            DurableFolder.Flush(folder);
        }
    }

    /// <summary>Deletes hidden files.</summary>
    public static void Delete(string[] paths)
    {
        foreach (string path in paths)
        {
            File.Delete(HiddenPathOf(path));
        }
    }

    private static string HiddenPathOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}");

    private string PathOf(int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}-{subtask}-{number:000000}{extension}"));

    // Another sink may use the same folder and names: the one that creates the hidden file owns the number.
    private FileStream Create()
    {
        while (true)
        {
            _path = PathOf(++_number);
            string hidden = HiddenPathOf(_path);
            FileStream file;
            try
            {
                // Unbuffered: when a write completes, the operating system has the rows.
                file = new FileStream(hidden, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            }
            catch (IOException) when (File.Exists(hidden))
            {
                continue;
            }

            if (!File.Exists(_path))
            {
                return file;
            }

            // The other sink has published its file between the two checks.
            file.Dispose();
            File.Delete(hidden);
        }
    }
}
