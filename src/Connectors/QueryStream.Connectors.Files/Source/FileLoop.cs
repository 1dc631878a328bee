using System.IO.Compression;
using System.Threading.Channels;
using QueryStream.Connectors.Files.Framing;
using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Reads the files of one subtask, one after the other and a few blocks ahead of the task, since a disk may take long.</summary>
internal sealed class FileLoop<T>(FileSourceOptions options, RecordFormat<T> format, OwnFiles files, SourceContext context) : IAsyncDisposable
{
    private const int BlocksAhead = 4;

    // Full: the loop waits until the task has taken one.
    private readonly Channel<FileBlock> _blocks = Channel.CreateBounded<FileBlock>(
        new BoundedChannelOptions(BlocksAhead) { SingleReader = true, SingleWriter = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource _closing = new();
    private Task _loop = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Blocks that were read; completes where no more will come.</summary>
    public ChannelReader<FileBlock> Blocks => _blocks.Reader;

    /// <summary>Begins with these files.</summary>
    public void Start(IReadOnlyList<OpenFile> first) => _loop = Task.Run(() => RunAsync(first, _closing.Token), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _closing.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<OpenFile> first, CancellationToken cancellationToken)
    {
        try
        {
            await ReadAllAsync(first, cancellationToken).ConfigureAwait(false);
            while (options.WatchEvery is { } interval)
            {
                await Task.Delay(interval, context.Time, cancellationToken).ConfigureAwait(false);
                await ReadAllAsync(files.FindNew(), cancellationToken).ConfigureAwait(false);
            }

            _blocks.Writer.Complete();
            context.Wake();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Closing.
        }
        catch (Exception e)
        {
            // The top of the loop: the task is told, whatever it is.
            context.Fail(e);
        }
    }

    private async Task ReadAllAsync(IReadOnlyList<OpenFile> all, CancellationToken cancellationToken)
    {
        foreach (OpenFile file in all.Where(file => file.Behind != OwnFiles.Finished))
        {
            await ReadAsync(file, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(OpenFile file, CancellationToken cancellationToken)
    {
        try
        {
            Stream input = Open(file.Path);
            await using (input.ConfigureAwait(false))
            {
                await ReadAsync(file, input, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ServiceRefusedException("File", $"The file '{file.Path}' cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            await SendAsync(new FileBlock(file) { IsLast = true, Damage = e.Message }, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(OpenFile file, Stream input, CancellationToken cancellationToken)
    {
        RecordScanner scanner = new(input, file, RecordFramers.Of(format), format.HasHeader, options.MaxRecordBytes);
        try
        {
            FileBlock block;
            do
            {
                block = await scanner.ReadAsync(cancellationToken).ConfigureAwait(false);
                await SendAsync(block, cancellationToken).ConfigureAwait(false);
            }
            while (!block.IsLast);
        }
        finally
        {
            scanner.Drop();
        }
    }

    private async Task SendAsync(FileBlock block, CancellationToken cancellationToken)
    {
        await _blocks.Writer.WriteAsync(block, cancellationToken).ConfigureAwait(false);
        context.Wake();
    }

    private static Stream Open(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
