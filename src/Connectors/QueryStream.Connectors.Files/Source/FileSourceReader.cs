using System.Buffers;
using System.Globalization;
using System.Text;
using QueryStream.Core.Identity;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Reads the files of one subtask. A file is a split, and its position the last byte of the last record that was read.</summary>
internal sealed class FileSourceReader<T> : ISourceReader<T>
{
    /// <summary>A turn of the task takes about a millisecond; this is what is decoded in one.</summary>
    private const int MaxBytes = 512 * 1024;

    private readonly RecordFormat<T> _format;
    private readonly OwnFiles _files;
    private readonly FileLoop<T> _loop;
    private readonly Dictionary<string, int> _splits = new(StringComparer.Ordinal);
    private List<int> _finished = [];

    // The block at hand, how many of its records are done, and its file's split and decoder.
    private FileBlock? _block;
    private int _next;
    private int _split;
    private OpenFile? _file;
    private RecordDecoder<T>? _decoder;
    private bool _isHeaderDue;
    private bool _isUnusable;

    public FileSourceReader(FileSourceOptions options, RecordFormat<T> format, SourceContext context)
    {
        _format = format;
        _files = new OwnFiles(options, context);
        _loop = new FileLoop<T>(options, format, _files, context);
    }

    public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        List<OpenFile> files = await Task.Run(_files.FindNew, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < files.Count; i++)
        {
            _splits.Add(files[i].Name, i);
        }

        _finished = [.. Enumerable.Range(0, files.Count).Where(i => files[i].Behind == OwnFiles.Finished)];
        _loop.Start(files);
        return [.. files.Select(file => file.Name)];
    }

    public SourcePoll Poll(SourceBatch<T> batch)
    {
        _finished.ForEach(batch.EndSplit);
        _finished.Clear();
        int bytes = 0;
        while (!batch.IsFull && bytes < MaxBytes)
        {
            if (_block is null && !TryBegin(batch))
            {
                return _loop.Blocks.Completion.IsCompleted ? SourcePoll.End : SourcePoll.Wait;
            }

            batch.BeginSplit(_split);
            while (_next < _block!.Records.Count && !batch.IsFull && bytes < MaxBytes)
            {
                RecordPlace place = _block.Records[_next];
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
        await _loop.DisposeAsync().ConfigureAwait(false);
        while (_loop.Blocks.TryRead(out FileBlock? block))
        {
            ArrayPool<byte>.Shared.Return(block.Bytes);
        }

        if (_block is not null)
        {
            ArrayPool<byte>.Shared.Return(_block.Bytes);
            _block = null;
        }
    }

    private bool TryBegin(SourceBatch<T> batch)
    {
        if (!_loop.Blocks.TryRead(out _block))
        {
            return false;
        }

        _next = 0;
        if (_file != _block.File)
        {
            _file = _block.File;
            _decoder = _format.CreateDecoder();
            _isHeaderDue = _format.HasHeader;
            _isUnusable = false;
            if (!_splits.TryGetValue(_file.Name, out _split))
            {
                _split = batch.AddSplit(_file.Name);
                _splits.Add(_file.Name, _split);
            }
        }

        return true;
    }

    // False where the rows of the record do not fit into the batch any more: it is read again in the next poll.
    private bool TryRead(RecordPlace place, SourceBatch<T> batch)
    {
        if (_isUnusable)
        {
            return true;
        }

        ReadOnlySpan<byte> bytes = _block!.Bytes.AsSpan(place.Start, place.Length);
        if (place.Problem is { } reason)
        {
            _isUnusable = _isHeaderDue;
            PassOrReject(place, DecodeResult.Reject(reason, ""), batch);
        }
        else if (_isHeaderDue && !bytes.IsEmpty)
        {
            _isHeaderDue = false;
            DecodeResult header = _decoder!.ReadHeader(bytes);
            _isUnusable = !header.IsOk;
            PassOrReject(place, header, batch);
        }
        else if (_isHeaderDue || _decoder!.IsBlank(bytes))
        {
            PassOrReject(place, DecodeResult.Ok, batch);
        }
        else
        {
            SourceRecord record = new([], bytes, hasValue: true, _file!.Changed, new RecordPosition(0, place.End));
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

    private void AddRows(ReadOnlySpan<T> rows, RecordPlace place, SourceBatch<T> batch)
    {
        foreach (ref readonly T row in rows)
        {
            if (!batch.TryAddLine(row, _file!.Changed, place.End, place.Line))
            {
                Reject(place, DecodeResult.Reject("time-out-of-range", $"allowed: {batch.Earliest} to {batch.Latest}"), batch, refusedByTime: true);
            }
        }
    }

    // What a restored source reads a second time, such as the header, was passed or refused before.
    private void PassOrReject(RecordPlace place, DecodeResult result, SourceBatch<T> batch)
    {
        if (place.End <= _file!.Behind)
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
            batch.AddDeadLetter(new DeadLetter(block.File.Name, 0, OwnFiles.Finished, "unreadable-file", $"{block.File.Path}: {damage}", null));
        }

        batch.Pass(OwnFiles.Finished);
        batch.EndSplit(_split);
    }

    private void Reject(RecordPlace place, DecodeResult result, SourceBatch<T> batch, bool refusedByTime)
    {
        ReadOnlySpan<byte> record = _block!.Bytes.AsSpan(place.Start, place.Length);
        ReadOnlySpan<byte> before = record[..(int)Math.Clamp(result.Position, 0, record.Length)];
        long line = place.Line + before.Count((byte)'\n');
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        string detail = string.Create(CultureInfo.InvariantCulture, $"{_file!.Path}:{line}:{column}{(result.Detail.Length > 0 ? ": " : "")}{result.Detail}");
        byte[] value = record[..Math.Min(record.Length, DeadLetter.MaxValueBytes)].ToArray();
        batch.AddDeadLetter(new DeadLetter(_file.Name, 0, place.End, result.Reason!, detail, value), refusedByTime);
    }
}
