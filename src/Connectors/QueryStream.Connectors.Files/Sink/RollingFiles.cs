using System.Globalization;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// The files of one subtask in a folder, one after the other. A file is hidden, with a dot before its name, until it is published. Used by one
/// thread at a time.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="options">The folder and the names.</param>
/// <param name="extension">The end of the names.</param>
/// <param name="subtask">The subtask.</param>
internal sealed class RollingFiles(ISinkFiles files, FileSinkOptions options, string extension, int subtask)
{
    private readonly string _folder = Path.GetFullPath(options.Folder);
    private ISinkFile? _file;
    private string _path = "";
    private int _number;

    /// <summary>Creates the folder, and finds the first free number.</summary>
    public void Open()
    {
        files.CreateFolder(_folder);
        while (files.Exists(PathOf(_number + 1)) || files.Exists(HiddenPathOf(PathOf(_number + 1))))
        {
            _number++;
        }
    }

    /// <summary>Writes whole records to the current file, which is created if there is none.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> records)
    {
        if (_file is null)
        {
            _file = await CreateAsync().ConfigureAwait(false);
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

        file.Flush();
        await file.DisposeAsync().ConfigureAwait(false);
        _file = null;
        files.FlushFolder(_folder);
        return _path;
    }

    /// <summary>
    /// Renames complete files to their visible names, which survive a power failure. Files that are visible already are left unchanged.
    /// </summary>
    /// <exception cref="FileNotFoundException">A file exists under neither name.</exception>
    public void Publish(string[] paths)
    {
        foreach (string path in paths)
        {
            string hidden = HiddenPathOf(path);
            if (files.Exists(hidden))
            {
                files.Rename(hidden, path);
            }
            else if (!files.Exists(path))
            {
                throw new FileNotFoundException(
                    $"The file '{hidden}', which the checkpoint holds, is missing: it was moved or deleted, or is on another machine.", hidden);
            }
        }

        foreach (string folder in paths.Select(path => Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal))
        {
            files.FlushFolder(folder);
        }
    }

    /// <summary>Deletes hidden files.</summary>
    public void Delete(string[] paths)
    {
        foreach (string path in paths)
        {
            files.Delete(HiddenPathOf(path));
        }
    }

    private static string HiddenPathOf(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}");

    private string PathOf(int number) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}-{subtask}-{number:000000}{extension}"));

    // Another sink may use the same folder and names: the one that creates the hidden file owns the number.
    private async ValueTask<ISinkFile> CreateAsync()
    {
        while (true)
        {
            _path = PathOf(++_number);
            string hidden = HiddenPathOf(_path);
            if (files.TryCreate(hidden) is not { } file)
            {
                continue;
            }

            if (!files.Exists(_path))
            {
                return file;
            }

            // The other sink has published its file between the two checks.
            await file.DisposeAsync().ConfigureAwait(false);
            files.Delete(hidden);
        }
    }
}
