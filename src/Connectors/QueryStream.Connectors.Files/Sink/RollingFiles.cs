using System.Globalization;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>The files of one subtask in a folder, one after the other. Used by one thread at a time.</summary>
internal sealed class RollingFiles(FileSinkOptions options, string extension, int subtask, TimeProvider time) : IAsyncDisposable
{
    private readonly string _folder = Path.GetFullPath(options.Folder);
    private FileStream? _file;
    private string _name = "";
    private int _number;
    private long _written;
    private long _openedAt;

    /// <summary>Finds the first number that is free.</summary>
    public void Open()
    {
        Directory.CreateDirectory(_folder);
        while (File.Exists(Path.Combine(_folder, NameOf(_number + 1))) || File.Exists(Path.Combine(_folder, $".{NameOf(_number + 1)}")))
        {
            _number++;
        }
    }

    /// <summary>Writes whole records.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> header, ReadOnlyMemory<byte> records)
    {
        if (_file is not null && options.RollEvery is { } age && time.GetElapsedTime(_openedAt) >= age)
        {
            await CompleteAsync().ConfigureAwait(false);
        }

        if (_file is null)
        {
            _file = Create();
            _openedAt = time.GetTimestamp();
            await _file.WriteAsync(header).ConfigureAwait(false);
            _written = header.Length;
        }

        await _file.WriteAsync(records).ConfigureAwait(false);
        _written += records.Length;
        if (_written >= options.RollBytes)
        {
            await CompleteAsync().ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => new(CompleteAsync());

    // Another sink may write to the folder under the same names: whose hidden file is there has the number, and whose complete one is.
    private FileStream Create()
    {
        while (true)
        {
            _name = NameOf(++_number);
            string hidden = Path.Combine(_folder, $".{_name}");
            FileStream file;
            try
            {
                // No buffer: rows are with the operating system when the write is over.
                file = new FileStream(hidden, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
            }
            catch (IOException) when (File.Exists(hidden))
            {
                continue;
            }

            if (!File.Exists(Path.Combine(_folder, _name)))
            {
                return file;
            }

            // It lost its dot between the two looks.
            file.Dispose();
            File.Delete(hidden);
        }
    }

    private string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{options.Prefix}-{subtask}-{number:000000}{extension}");

    // Who sees a file without a dot sees all of it, also after a failure of power.
    private async Task CompleteAsync()
    {
        if (_file is null)
        {
            return;
        }

        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        await _file.DisposeAsync().ConfigureAwait(false);
        _file = null;
        File.Move(Path.Combine(_folder, $".{_name}"), Path.Combine(_folder, _name), overwrite: true);
    }
}
