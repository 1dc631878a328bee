using System.Buffers;
using System.Threading.Channels;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Appends the rows of one subtask: makes their lines in turns of the task, and has a loop of its own write them, since a disk
/// may take long. What waits is bounded by <see cref="IsFull"/>, which the task asks before each batch.
/// </summary>
internal sealed class LineFileWriter<T>(string path, LineSerializer<T> serializer, SinkContext context) : ISinkWriter<T>
{
    private const long FullBytes = 4 * 1024 * 1024;

    private readonly Channel<Lines> _waiting = Channel.CreateUnbounded<Lines>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private Task _loop = Task.CompletedTask;
    private FileStream? _file;

    // Added to by the task, taken from by the loop.
    private long _waitingBytes;

    public bool IsFull => Volatile.Read(ref _waitingBytes) >= FullBytes;

    public bool IsFlushed => Volatile.Read(ref _waitingBytes) == 0;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            // No buffer: lines are with the operating system when the write is over.
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ServiceRefusedException("File", $"The file '{path}' cannot be appended to: {e.Message}", e);
        }

        _loop = Task.Run(WriteAllAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public void Write(Batch<T> batch)
    {
        ArrayBufferWriter<byte> lines = new(256 * batch.Count);
        int next = 0;
        try
        {
            for (; next < batch.Count; next++)
            {
                serializer(batch.Rows[next], lines);
                lines.Write("\n"u8);
            }
        }
        catch (Exception) when (context.Blame(next))
        {
            // Blame never catches: it only notes the row.
            throw;
        }

        Interlocked.Add(ref _waitingBytes, lines.WrittenCount);
        _ = _waiting.Writer.TryWrite(new Lines(lines.WrittenMemory, batch.Count));
    }

    public void Flush()
    {
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
        if (_file is not null)
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAllAsync()
    {
        try
        {
            await foreach (Lines lines in _waiting.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await AppendAsync(lines).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Fail(new ServiceRefusedException("File", $"The file '{path}' cannot be written to: {e.Message}", e));
        }
    }

    private async Task AppendAsync(Lines lines)
    {
        FileGate gate = FileGate.Of(path);
        await gate.EnterAsync().ConfigureAwait(false);
        try
        {
            // Another writer may have appended meanwhile.
            _file!.Seek(0, SeekOrigin.End);
            await _file.WriteAsync(lines.Bytes).ConfigureAwait(false);
        }
        finally
        {
            gate.Leave();
        }

        context.Acknowledged(lines.Rows);
        if (Interlocked.Add(ref _waitingBytes, -lines.Bytes.Length) < FullBytes)
        {
            context.Wake();
        }
    }

    private readonly record struct Lines(ReadOnlyMemory<byte> Bytes, int Rows);
}
