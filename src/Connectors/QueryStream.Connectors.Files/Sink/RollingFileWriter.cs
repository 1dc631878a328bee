using System.Buffers;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Writes the rows of one subtask to files: makes their records in turns of the task, and has a loop of its own write them, since a disk may take
/// long. What waits is bounded by <see cref="IsFull"/>, which the task asks before each batch.
/// </summary>
internal sealed class RollingFileWriter<T>(FileSinkOptions options, RecordFormat<T> format, SinkContext context) : ISinkWriter<T>
{
    private const long FullBytes = 4 * 1024 * 1024;

    private readonly Channel<Records> _waiting = Channel.CreateUnbounded<Records>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly RecordEncoder<T> _encoder = format.CreateEncoder();
    private readonly RollingFiles _files = new(options, format.FileExtension, context.Task.Subtask, context.Time);
    private ReadOnlyMemory<byte> _header;
    private Task _loop = Task.CompletedTask;

    // Added to by the task, taken from by the loop.
    private long _waitingBytes;

    public bool IsFull => Volatile.Read(ref _waitingBytes) >= FullBytes;

    public bool IsFlushed => Volatile.Read(ref _waitingBytes) == 0;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            _files.Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceRefusedException("File", $"The folder '{options.Folder}' cannot be written to: {e.Message}", e);
        }

        ArrayBufferWriter<byte> header = new();
        if (format.HasHeader)
        {
            _encoder.EncodeHeader(header);
            header.Write("\n"u8);
        }

        _header = header.WrittenMemory;
        _loop = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public void Write(Batch<T> batch)
    {
        ArrayBufferWriter<byte> records = new(256 * Math.Max(1, batch.Count));
        int next = 0;
        try
        {
            for (; next < batch.Count; next++)
            {
                _encoder.Encode(batch.Rows[next], records);
                records.Write("\n"u8);
            }
        }
        catch (Exception) when (context.Blame(next))
        {
            // Blame never catches: it only notes the row.
            throw;
        }

        Interlocked.Add(ref _waitingBytes, records.WrittenCount);
        _ = _waiting.Writer.TryWrite(new Records(records.WrittenMemory, batch.Count));
    }

    public void Flush()
    {
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        _encoder.Dispose();
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (Records records in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await _files.WriteAsync(_header, records.Bytes).ConfigureAwait(false);
                context.Acknowledged(records.Rows);
                Interlocked.Add(ref _waitingBytes, -records.Bytes.Length);
                context.Wake();
            }

            await _files.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Fail(new ServiceRefusedException("File", $"The folder '{options.Folder}' cannot be written to: {e.Message}", e));
        }
    }

    private readonly record struct Records(ReadOnlyMemory<byte> Bytes, int Rows);
}
