using System.Buffers;
using QueryStream.Core.Errors;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Appends the rows of one subtask. Turns write lines to one buffer, limited by <see cref="IsFull"/>, while another buffer is written to the file.
/// </summary>
internal sealed class LineFileWriter<T>(string path, LineSerializer<T> serializer, SinkContext context) : ISinkWriter<T>
{
    private const int FullBytes = 4 * 1024 * 1024;

    private FileStream? _file;
    private ArrayBufferWriter<byte> _lines = new();
    private ArrayBufferWriter<byte> _appending = new();
    private int _rows;
    private bool _isAppending;

    public bool IsFull => _lines.WrittenCount >= FullBytes;

    public bool IsFlushed => _lines.WrittenCount == 0 && !_isAppending;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Unbuffered: when a write completes, the operating system has the lines.
            _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ServiceRefusedException("File", $"The file '{path}' cannot be appended to: {e.Message}", e);
        }
    }

    public void Write(Batch<T> batch)
    {
        for (context.Row = 0; context.Row < batch.Count; context.Row++)
        {
            serializer(batch.Rows[context.Row], _lines);
            _lines.Write("\n"u8);
        }

        _rows += batch.Count;
        AppendNext();
    }

    public void Flush()
    {
    }

    public ValueTask DisposeAsync() => _file is null ? default : _file.DisposeAsync();

    private void AppendNext()
    {
        if (_isAppending || _lines.WrittenCount == 0)
        {
            return;
        }

        (_lines, _appending) = (_appending, _lines);
        int rows = _rows;
        (_isAppending, _rows) = (true, 0);
        context.Start(_ => AppendAsync(), failure => OnAppended(failure, rows));
    }

    private void OnAppended(Exception? failure, int rows)
    {
        if (failure is not null)
        {
            context.Fail(failure);
            return;
        }

        context.Acknowledged(rows);
        context.AddBytes(_appending.WrittenCount);
        _appending.ResetWrittenCount();
        _isAppending = false;
        AppendNext();
        context.Wake();
    }

    private async Task AppendAsync()
    {
        FileGate gate = FileGate.Of(path);
        await gate.EnterAsync().ConfigureAwait(false);
        try
        {
            // Another writer may have appended meanwhile.
            _file!.Seek(0, SeekOrigin.End);
            await _file.WriteAsync(_appending.WrittenMemory).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceRefusedException("File", $"The file '{path}' cannot be written to: {e.Message}", e);
        }
        finally
        {
            gate.Leave();
        }
    }
}
