using System.Globalization;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// The files of one subtask in a folder, one after the other. A file is hidden, with a dot before its name, until it is shown. Used by one thread at
/// a time.
/// </summary>
internal sealed class RollingFiles(FileSinkOptions options, string extension, int subtask)
{
    private readonly string _folder = Path.GetFullPath(options.Folder);
    private FileStream? _file;
    private string _path = "";
    private int _number;

    /// <summary>Finds the first number that is free.</summary>
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

    /// <summary>Writes whole records to the current file, which is created where there is none.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> records)
    {
        if (_file is null)
        {
            _file = Create();
            await _file.WriteAsync(header).ConfigureAwait(false);
        }

        await _file.WriteAsync(records).ConfigureAwait(false);
    }

    /// <summary>Closes the current file, which then survives a power failure under its hidden name.</summary>
    /// <returns>The path that it gets when it is shown; null if there is no current file.</returns>
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

    /// <summary>Lets complete files appear; those that are shown already stay. They stay shown after a power failure.</summary>
    /// <exception cref="FileNotFoundException">One is neither hidden nor shown.</exception>
    public static void Show(string[] paths)
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
                    $"The file '{hidden}', which the checkpoint holds, is gone: it was moved or deleted, or is on another machine.", hidden);
            }
        }

        foreach (string folder in paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            DurableFolder.Flush(folder);
        }
    }

    /// <summary>Deletes files that are hidden.</summary>
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

    // Another sink may use the folder and the same names: the one that has created the hidden file owns the number.
    private FileStream Create()
    {
        while (true)
        {
            _path = PathOf(++_number);
            string hidden = HiddenPathOf(_path);
            FileStream file;
            try
            {
                // No buffer: rows are with the operating system when the write has ended.
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

            // The other sink has shown its file between the two looks.
            file.Dispose();
            File.Delete(hidden);
        }
    }
}
