using System.Buffers;
using System.Globalization;
using System.Text;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// Reads the files of one subtask. A file is a split; its position is the last byte of the last record read. Blocks are read outside of turns and
/// decoded in turns.
/// </summary>
internal sealed class FileSourceReader<T> : ISourceReader<T>
{
    // Decoding this much takes about a millisecond, the limit of a turn.
    private const int MaxBytesPerTurn = 512 * 1024;

    private readonly FileSourceOptions _options;
    private readonly RecordFormat<T> _format;
    private readonly SourceContext _context;
    private readonly AssignedFiles _files;
    private readonly Dictionary<string, int> _splits = new(StringComparer.Ordinal);
    private List<int> _finished = [];

    // Used by the started work while _isBusy is set, and by turns otherwise.
    private readonly FileBlockReader<T> _blockReader;
    private readonly Queue<FileBlock> _blocks = new();
    private bool _isBusy;
    private bool _isWatching;

    // The current block, the index of its next record, and the split and decoder of its file.
    private FileBlock? _block;
    private int _next;
    private int _split;
    private OpenFile? _file;
    private RecordDecoder<T>? _decoder;
    private bool _isHeaderDue;
    private bool _isSkipped;

    public FileSourceReader(FileSourceOptions options, RecordFormat<T> format, SourceContext context)
    {
        (_options, _format, _context) = (options, format, context);
        _files = new AssignedFiles(options, context);
        _blockReader = new FileBlockReader<T>(options, format);
    }

    public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<OpenFile> files = _files.FindNew();
        for (int i = 0; i < files.Count; i++)
        {
            _splits.Add(files[i].Name, i);
        }

        _finished = [.. Enumerable.Range(0, files.Count).Where(i => files[i].RestoredPosition == AssignedFiles.Finished)];
        _blockReader.Add(files);
        return Task.FromResult<IReadOnlyList<string>>([.. files.Select(file => file.Name)]);
    }

    public SourcePoll Poll(SourceBatch<T> batch)
    {
        _finished.ForEach(batch.EndSplit);
        _finished.Clear();
        ReadAhead();
        int bytes = 0;
        while (!batch.IsFull && bytes < MaxBytesPerTurn)
        {
            if (_block is null && !TryBegin(batch))
            {
                return _isBusy || _isWatching ? SourcePoll.Wait : SourcePoll.End;
            }

            batch.BeginSplit(_split);
            while (_next < _block!.Records.Count && !batch.IsFull && bytes < MaxBytesPerTurn)
            {
                RecordRange place = _block.Records[_next];
                bytes += place.Length;
                if (!TryRead(place, batch))
                {
                    return SourcePoll.More;
                }

                _next++;
            }

            if (_next == _block.Records.Count)
            {
                EndBlock(batch);
            }
        }

        return SourcePoll.More;
    }

    public async ValueTask DisposeAsync()
    {
        await _blockReader.DisposeAsync().ConfigureAwait(false);
        while (_blocks.TryDequeue(out FileBlock? block))
        {
            ArrayPool<byte>.Shared.Return(block.Bytes);
        }

        if (_block is not null)
        {
            ArrayPool<byte>.Shared.Return(_block.Bytes);
            _block = null;
        }
    }

    // Reads blocks ahead, and lists the folder again when all files are read.
    private void ReadAhead()
    {
        if (_isBusy || _isWatching || _blocks.Count >= FileBlockReader<T>.BlocksPerCall)
        {
            return;
        }

        if (_blockReader.HasMore)
        {
            _isBusy = true;
            _context.Start(_blockReader.ReadAsync, OnRead);
        }
        else if (_options.WatchEvery is not null)
        {
            _isWatching = true;
            _context.After(_files.NextListing, ListAgain);
        }
    }

    private void OnRead(IoResult<IReadOnlyList<FileBlock>> result)
    {
        _isBusy = false;
        foreach (FileBlock block in result.Value)
        {
            _blocks.Enqueue(block);
        }

        ReadAhead();
        _context.Wake();
    }

    private void ListAgain() => _context.Start(_ => Task.FromResult(_files.FindNew()), result =>
    {
        _isWatching = false;
        _blockReader.Add(result.Value);
        ReadAhead();
    });

    private bool TryBegin(SourceBatch<T> batch)
    {
        if (!_blocks.TryDequeue(out _block))
        {
            return false;
        }

        ReadAhead();
        _next = 0;
        if (_file != _block.File)
        {
            _file = _block.File;
            _decoder = _format.CreateDecoder();
            _isHeaderDue = _format.HasHeader;
            _isSkipped = false;
            if (!_splits.TryGetValue(_file.Name, out _split))
            {
                _split = batch.AddSplit(_file.Name);
                _splits.Add(_file.Name, _split);
            }
        }

        return true;
    }

    // Returns false if the rows of the record do not fit into the batch. The record is decoded again in the next poll.
    private bool TryRead(RecordRange place, SourceBatch<T> batch)
    {
        if (_isSkipped)
        {
            return true;
        }

        ReadOnlySpan<byte> bytes = _block!.Bytes.AsSpan(place.Start, place.Length);
        if (place.Problem is { } reason)
        {
            _isSkipped = _isHeaderDue;
            PassOrReject(place, DecodeResult.Reject(reason, DetailOf(reason), 0), batch);
        }
        else if (_isHeaderDue && !bytes.IsEmpty)
        {
            _isHeaderDue = false;
            DecodeResult header = _decoder!.ReadHeader(bytes);
            _isSkipped = !header.IsOk;
            PassOrReject(place, header, batch);
        }
        else if (_isHeaderDue || _decoder!.IsBlank(bytes))
        {
            PassOrReject(place, DecodeResult.Ok, batch);
        }
        else
        {
            SourceRecord record = new([], bytes, hasValue: true, _file!.Changed, new RecordPosition(0, place.End));
            batch.BeginLine(place.Line);
            batch.AddBytes(bytes.Length);
            DecodeResult result = _decoder.Decode(record, out ReadOnlySpan<T> rows);
            if (rows.Length > batch.Room)
            {
                return false;
            }

            if (rows.IsEmpty)
            {
                PassOrReject(place, result, batch);
            }

            AddRows(rows, place, batch);
        }

        return true;
    }

    private void AddRows(ReadOnlySpan<T> rows, RecordRange place, SourceBatch<T> batch)
    {
        foreach (ref readonly T row in rows)
        {
            if (!batch.TryAddLine(row, _file!.Changed, place.End, place.Line))
            {
                Reject(place, DecodeResult.Reject("time-out-of-range", $"allowed: {batch.Earliest} to {batch.Latest}"), batch, refusedByTime: true);
            }
        }
    }

    // A record that is read again after a restore, such as the header, was handled before.
    private void PassOrReject(RecordRange place, DecodeResult result, SourceBatch<T> batch)
    {
        if (place.End <= _file!.RestoredPosition)
        {
            return;
        }

        if (result.IsOk)
        {
            batch.Pass(place.End);
        }
        else
        {
            Reject(place, result, batch, refusedByTime: false);
        }
    }

    private string DetailOf(string reason) => reason == RecordScanner.TooLarge
        ? string.Create(CultureInfo.InvariantCulture, $"the record is longer than the {_options.MaxRecordBytes} bytes of MaxRecordBytes")
        : "a quotation begins in this line and does not end; reading continues at the next line";

    private void EndBlock(SourceBatch<T> batch)
    {
        FileBlock block = _block!;
        _block = null;
        ArrayPool<byte>.Shared.Return(block.Bytes);
        if (!block.IsLast)
        {
            return;
        }

        if (block.Damage is { } damage)
        {
            batch.AddDeadLetter(new DeadLetter(block.File.Name, 0, AssignedFiles.Finished, "unreadable-file", $"{block.File.Path}: {damage}", null));
        }

        batch.Pass(AssignedFiles.Finished);
        batch.EndSplit(_split);
    }

    private void Reject(RecordRange place, DecodeResult result, SourceBatch<T> batch, bool refusedByTime)
    {
        ReadOnlySpan<byte> record = _block!.Bytes.AsSpan(place.Start, place.Length);
        ReadOnlySpan<byte> before = record[..(int)Math.Clamp(result.Position, 0, record.Length)];
        long line = place.Line + before.Count((byte)'\n');
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        string detail = string.Create(
            CultureInfo.InvariantCulture, $"{_file!.Path}:{line}:{column}{(result.Detail.Length > 0 ? ": " : "")}{result.Detail}");
        byte[] value = record[..Math.Min(record.Length, DeadLetter.MaxValueBytes)].ToArray();
        batch.AddDeadLetter(new DeadLetter(_file.Name, 0, place.End, result.Reason!, detail, value), refusedByTime);
    }
}
