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
            _name = NameOf(++_number);

            // No buffer: rows are with the operating system when the write is over.
            _file = new FileStream(Path.Combine(_folder, $".{_name}"), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous);
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
