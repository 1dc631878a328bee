using QueryStream.Connectors.Files.Framing;
using QueryStream.Core.Errors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Reads files in blocks of whole records, one file after the other. Used by one thread at a time.</summary>
internal sealed class FileBlockReader<T>(FileSourceOptions options, RecordFormat<T> format) : IAsyncDisposable
{
    /// <summary>The blocks of one call: enough for the task to decode while the next call reads.</summary>
    public const int BlocksPerCall = 4;

    private readonly Queue<OpenFile> _files = new();
    private OpenFile? _file;
    private Stream? _input;
    private RecordScanner? _scanner;

    /// <summary>Whether blocks are left to read.</summary>
    public bool HasMore => _file is not null || _files.Count > 0;

    /// <summary>Adds files to the end of the queue.</summary>
    public void Add(IEnumerable<OpenFile> files)
    {
        foreach (OpenFile file in files.Where(file => file.RestoredPosition != AssignedFiles.Finished))
        {
            _files.Enqueue(file);
        }
    }

    /// <summary>Reads the next blocks.</summary>
    /// <exception cref="ServiceRefusedException">Access to a file is denied. A file that is otherwise unreadable ends with a damaged
    /// block.</exception>
    public async Task<IReadOnlyList<FileBlock>> ReadAsync(CancellationToken cancellationToken)
    {
        List<FileBlock> blocks = [];
        while (blocks.Count < BlocksPerCall && (_file is not null || _files.TryDequeue(out _file)))
        {
            blocks.Add(await ReadBlockAsync(_file, cancellationToken).ConfigureAwait(false));
        }

        return blocks;
    }

    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask<FileBlock> ReadBlockAsync(OpenFile file, CancellationToken cancellationToken)
    {
        FileBlock block;
        try
        {
            _input ??= Open(file.Path);
            _scanner ??= new RecordScanner(_input, file, RecordFramers.Of(format), format.HasHeader, options.MaxRecordBytes);
            block = await _scanner.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ServiceRefusedException("File", $"The file '{file.Path}' cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            block = new FileBlock(file) { IsLast = true, Damage = e.Message };
        }

        if (block.IsLast)
        {
            await CloseAsync().ConfigureAwait(false);
        }

        return block;
    }

    private async ValueTask CloseAsync()
    {
        _scanner?.Drop();
        Stream? input = _input;
        (_file, _scanner, _input) = (null, null, null);
        if (input is not null)
        {
            await input.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static Stream Open(string path)
    {
        const FileOptions Options = FileOptions.Asynchronous | FileOptions.SequentialScan;
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, Options);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GzipFile(file) : file;
    }
}
