using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Writes the rows of one subtask to files. Turns encode rows into chunks, which are written one after the other outside of turns. In a job with
/// checkpoints rows are visible exactly once: a barrier completes the current file, and the files of a committable are published when its checkpoint
/// completes. Without checkpoints a file is published as soon as it is complete.
/// </summary>
internal sealed class RollingFileWriter<T>(ISinkFiles files, FileSinkOptions options, RecordFormat<T> format, SinkContext context)
    : ITwoPhaseSinkWriter<T>
{
    private const long FullBytes = 4 * 1024 * 1024;

    private readonly RecordEncoder<T> _encoder = format.CreateEncoder();
    private readonly RollingFiles _files = new(files, options, format.FileExtension, context.Task.Subtask);
    private readonly Queue<Chunk> _waiting = new();
    private ReadOnlyMemory<byte> _header;
    private Chunk? _current;
    private bool _isWriting;
    private long _waitingBytes;

    // The size and the timer of the current file.
    private long _fileBytes;
    private IDisposable? _rollTimer;

    // Complete files that are not visible: those since the last barrier, and those of prepared committables.
    private readonly List<string> _hidden = [];
    private readonly List<(CheckpointId Checkpoint, string[] Files)> _prepared = [];

    public bool IsFull => _waitingBytes >= FullBytes;

    public bool IsFlushed => _waiting.Count == 0 && !_isWriting;

    public Task OpenAsync(CancellationToken cancellationToken) => WithFileErrorsAsync(() =>
    {
        _files.Open();
        foreach (Committable committable in context.Restored)
        {
            _files.Publish(Codec<string[]>.Instance.Read(new CodecReader(committable.State.ToArray())));
        }

        ArrayBufferWriter<byte> header = new();
        if (format.HasHeader)
        {
            _encoder.EncodeHeader(header);
            header.Write("\n"u8);
        }

        _header = header.WrittenMemory;
        return Task.FromResult(true);
    });

    public void Write(Batch<T> batch)
    {
        Chunk chunk = _current ?? Append();
        int before = chunk.Records.WrittenCount;
        for (context.Row = 0; context.Row < batch.Count; context.Row++)
        {
            _encoder.Encode(batch.Rows[context.Row], chunk.Records);
            chunk.Records.Write("\n"u8);
        }

        int bytes = chunk.Records.WrittenCount - before;
        chunk.Rows += batch.Count;
        context.AddBytes(bytes);
        if (_fileBytes == 0 && options.RollEvery is { } age)
        {
            _rollTimer = context.After(age, EndFile);
        }

        _waitingBytes += bytes;
        _fileBytes += bytes;
        if (_fileBytes + _header.Length >= options.RollBytes)
        {
            EndFile();
        }
        else
        {
            WriteNext();
        }
    }

    public void Flush()
    {
    }

    public void Prepare(CheckpointId checkpoint, Action<ReadOnlySequence<byte>> prepared)
    {
        Chunk chunk = _current ?? Append();
        chunk.Written = () =>
        {
            string[] complete = [.. _hidden];
            _hidden.Clear();
            _prepared.Add((checkpoint, complete));
            CodecWriter state = new();
            Codec<string[]>.Instance.Write(state, complete);
            prepared(new ReadOnlySequence<byte>(state.Written.ToArray()));
        };
        EndFile();
    }

    public void Commit(CheckpointId checkpoint, Action committed)
    {
        string[] complete =
        [
            .. _prepared.Where(committable => committable.Checkpoint.Number <= checkpoint.Number).SelectMany(committable => committable.Files),
        ];
        context.Start(
            _ => WithFileErrorsAsync(() =>
            {
                _files.Publish(complete);
                return Task.FromResult(true);
            }),
            result =>
            {
                _ = result.Value;
                _prepared.RemoveAll(committable => committable.Checkpoint.Number <= checkpoint.Number);
                committed();
            });
    }

    public async ValueTask DisposeAsync()
    {
        string? last = await _files.CompleteAsync().ConfigureAwait(false);
        string[] complete = last is null ? [.. _hidden] : [.. _hidden, last];
        _hidden.Clear();
        if (context.HasCheckpoints)
        {
            // No checkpoint holds these files, so their rows will be written again.
            _files.Delete(complete);
        }
        else
        {
            _files.Publish(complete);
        }

        _encoder.Dispose();
    }

    private Chunk Append()
    {
        _current = new Chunk();
        _waiting.Enqueue(_current);
        return _current;
    }

    private void EndFile()
    {
        (_current ?? Append()).EndsFile = true;
        _current = null;
        _fileBytes = 0;
        _rollTimer?.Dispose();
        _rollTimer = null;
        WriteNext();
    }

    private void WriteNext()
    {
        if (_isWriting || !_waiting.TryDequeue(out Chunk? chunk))
        {
            return;
        }

        _current = _current == chunk ? null : _current;
        _isWriting = true;
        context.Start(_ => WithFileErrorsAsync(() => WriteAsync(chunk)), result => OnWritten(chunk, result.Value));
    }

    private async Task<string?> WriteAsync(Chunk chunk)
    {
        if (chunk.Records.WrittenCount > 0)
        {
            await _files.WriteAsync(_header, chunk.Records.WrittenMemory).ConfigureAwait(false);
        }

        string? complete = chunk.EndsFile ? await _files.CompleteAsync().ConfigureAwait(false) : null;
        if (complete is not null && !context.HasCheckpoints)
        {
            _files.Publish([complete]);
            complete = null;
        }

        return complete;
    }

    private void OnWritten(Chunk chunk, string? hidden)
    {
        if (hidden is not null)
        {
            _hidden.Add(hidden);
        }

        _isWriting = false;
        _waitingBytes -= chunk.Records.WrittenCount;
        context.Acknowledged(chunk.Rows);
        chunk.Written?.Invoke();
        WriteNext();
        context.Wake();
    }

    private async Task<TResult> WithFileErrorsAsync<TResult>(Func<Task<TResult>> work)
    {
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceRefusedException("File", $"The folder '{options.Folder}' cannot be written to: {e.Message}", e);
        }
    }

    /// <summary>Encoded rows of one file, written with one call.</summary>
    private sealed class Chunk
    {
        public ArrayBufferWriter<byte> Records { get; } = new();

        public int Rows { get; set; }

        /// <summary>Whether the chunk completes its file.</summary>
        public bool EndsFile { get; set; }

        /// <summary>Called in a turn when this chunk and all chunks before it are written.</summary>
        public Action? Written { get; set; }
    }
}
