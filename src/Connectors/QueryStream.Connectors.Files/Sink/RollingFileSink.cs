using System.Buffers;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>Files in a folder as a sink.</summary>
internal sealed class RollingFileSink<T>(FileSinkOptions options, RecordFormat<T> format) : ISink<T>
{
    public ISinkWriter<T> CreateWriter(SinkContext context) => new RollingFileWriter<T>(options, format, context);
}

/// <summary>
/// Writes the rows of one subtask to files. Turns encode rows into pieces of files, which are written one after the other outside of turns. A job
/// with checkpoints sees its files exactly once: a barrier ends the current file, and the files of an epoch lose their dot when its checkpoint is
/// complete. In a job without checkpoints a file loses its dot as soon as it is complete.
/// </summary>
internal sealed class RollingFileWriter<T>(FileSinkOptions options, RecordFormat<T> format, SinkContext context) : ITwoPhaseSinkWriter<T>
{
    private const long FullBytes = 4 * 1024 * 1024;

    private readonly RecordEncoder<T> _encoder = format.CreateEncoder();
    private readonly RollingFiles _files = new(options, format.FileExtension, context.Task.Subtask);
    private readonly Queue<Piece> _waiting = new();
    private ReadOnlyMemory<byte> _header;
    private Piece? _last;
    private bool _isWriting;
    private long _waitingBytes;

    // Of the file that the next row belongs to.
    private long _fileBytes;
    private IDisposable? _rollTimer;

    // Complete files that are still hidden: those of the current epoch, and those of epochs that were prepared.
    private readonly List<string> _hidden = [];
    private readonly List<(CheckpointId Checkpoint, string[] Files)> _prepared = [];

    public bool IsFull => _waitingBytes >= FullBytes;

    public bool IsFlushed => _waiting.Count == 0 && !_isWriting;

    public Task OpenAsync(CancellationToken cancellationToken) => WrapErrorsAsync(() =>
    {
        _files.Open();
        foreach (PendingEpoch epoch in context.Restored)
        {
            RollingFiles.Show(Codec<string[]>.Instance.Read(new CodecReader(epoch.State.ToArray())));
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
        Piece piece = _last ?? Append();
        int before = piece.Records.WrittenCount;
        for (context.Row = 0; context.Row < batch.Count; context.Row++)
        {
            _encoder.Encode(batch.Rows[context.Row], piece.Records);
            piece.Records.Write("\n"u8);
        }

        int bytes = piece.Records.WrittenCount - before;
        piece.Rows += batch.Count;
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

    public void Prepare(CheckpointId checkpoint, Action<ReadOnlyMemory<byte>> prepared)
    {
        Piece piece = _last ?? Append();
        piece.Written = () =>
        {
            string[] files = [.. _hidden];
            _hidden.Clear();
            _prepared.Add((checkpoint, files));
            CodecWriter state = new();
            Codec<string[]>.Instance.Write(state, files);
            prepared(state.Written.ToArray());
        };
        EndFile();
    }

    public void Commit(CheckpointId checkpoint, Action committed)
    {
        string[] files = [.. _prepared.Where(epoch => epoch.Checkpoint.Number <= checkpoint.Number).SelectMany(epoch => epoch.Files)];
        context.Start(
            _ => WrapErrorsAsync(() =>
            {
                RollingFiles.Show(files);
                return Task.FromResult(true);
            }),
            result =>
            {
                _ = result.Value;
                _prepared.RemoveAll(epoch => epoch.Checkpoint.Number <= checkpoint.Number);
                committed();
            });
    }

    public async ValueTask DisposeAsync()
    {
        string? last = await _files.CompleteAsync().ConfigureAwait(false);
        string[] files = last is null ? [.. _hidden] : [.. _hidden, last];
        _hidden.Clear();
        if (context.HasCheckpoints)
        {
            // No checkpoint holds them, so that their rows are written again.
            RollingFiles.Delete(files);
        }
        else
        {
            RollingFiles.Show(files);
        }

        _encoder.Dispose();
    }

    private Piece Append()
    {
        _last = new Piece();
        _waiting.Enqueue(_last);
        return _last;
    }

    private void EndFile()
    {
        (_last ?? Append()).EndsFile = true;
        _last = null;
        _fileBytes = 0;
        _rollTimer?.Dispose();
        _rollTimer = null;
        WriteNext();
    }

    private void WriteNext()
    {
        if (_isWriting || !_waiting.TryDequeue(out Piece? piece))
        {
            return;
        }

        _last = _last == piece ? null : _last;
        _isWriting = true;
        context.Start(_ => WrapErrorsAsync(() => WriteAsync(piece)), result => OnWritten(piece, result.Value));
    }

    private async Task<string?> WriteAsync(Piece piece)
    {
        if (piece.Records.WrittenCount > 0)
        {
            await _files.WriteAsync(_header, piece.Records.WrittenMemory).ConfigureAwait(false);
        }

        string? complete = piece.EndsFile ? await _files.CompleteAsync().ConfigureAwait(false) : null;
        if (complete is not null && !context.HasCheckpoints)
        {
            RollingFiles.Show([complete]);
            complete = null;
        }

        return complete;
    }

    private void OnWritten(Piece piece, string? hidden)
    {
        if (hidden is not null)
        {
            _hidden.Add(hidden);
        }

        _isWriting = false;
        _waitingBytes -= piece.Records.WrittenCount;
        context.Acknowledged(piece.Rows);
        piece.Written?.Invoke();
        WriteNext();
        context.Wake();
    }

    private async Task<TResult> WrapErrorsAsync<TResult>(Func<Task<TResult>> work)
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

    /// <summary>Rows of one file, which are written at once.</summary>
    private sealed class Piece
    {
        public ArrayBufferWriter<byte> Records { get; } = new();

        public int Rows { get; set; }

        /// <summary>Whether the file is complete with it.</summary>
        public bool EndsFile { get; set; }

        /// <summary>Called in a turn when it and all pieces before are written.</summary>
        public Action? Written { get; set; }
    }
}
