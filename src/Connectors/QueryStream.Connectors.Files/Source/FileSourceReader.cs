using System.Buffers;
using System.Globalization;
using System.Text;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.Files.Source;

/// <summary>Reads the files of one subtask. A file is a split, and its position the last byte of the last record that was read.</summary>
internal sealed class FileSourceReader<T> : ISourceReader<T>
{
    /// <summary>A turn of the task takes about a millisecond; this is what is decoded in one.</summary>
    private const int MaxBytes = 512 * 1024;

    private readonly FileFormat<T> _format;
    private readonly OwnFiles _files;
    private readonly FileLoop<T> _loop;
    private readonly Dictionary<string, int> _splits = new(StringComparer.Ordinal);
    private List<int> _finished = [];

    // The block at hand, how many of its records are done, and its file's split and reader.
    private FileBlock? _block;
    private int _next;
    private int _split;
    private OpenFile? _file;
    private IRecordReader<T>? _reader;
    private bool _isUnusable;

    public FileSourceReader(FileSourceOptions options, FileFormat<T> format, SourceContext context)
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
                RecordPlace place = _block.Records[_next++];
                bytes += place.Length;
                Read(place, batch);
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
            _reader = _format.CreateReader();
            _isUnusable = false;
            if (!_splits.TryGetValue(_file.Name, out _split))
            {
                _split = batch.AddSplit(_file.Name);
                _splits.Add(_file.Name, _split);
            }
        }

        return true;
    }

    private void Read(RecordPlace place, SourceBatch<T> batch)
    {
        if (_isUnusable)
        {
            return;
        }

        ReadOnlySpan<byte> record = _block!.Bytes.AsSpan(place.Start, place.Length);
        RecordProblem problem = default;
        T row = default!;
        RecordResult result = place.Problem is null ? _reader!.Read(record, out row, out problem) : RecordResult.Problem;
        _isUnusable = result == RecordResult.Unusable;
        if (place.End <= _file!.Behind)
        {
            // A header, shown once more.
            return;
        }

        switch (result)
        {
            case RecordResult.Row when batch.TryAddLine(row, _file.Changed, place.End, place.Line):
                break;
            case RecordResult.Row:
                Reject(place, new RecordProblem("time-out-of-range", 0, $"allowed: {batch.Earliest} to {batch.Latest}"), batch, refusedByTime: true);
                break;
            case RecordResult.Nothing:
                batch.Pass(place.End);
                break;
            default:
                Reject(place, place.Problem is { } reason ? new RecordProblem(reason, 0, "") : problem, batch, refusedByTime: false);
                break;
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

    private void Reject(RecordPlace place, RecordProblem problem, SourceBatch<T> batch, bool refusedByTime)
    {
        ReadOnlySpan<byte> record = _block!.Bytes.AsSpan(place.Start, place.Length);
        ReadOnlySpan<byte> before = record[..Math.Min(problem.Position, record.Length)];
        long line = place.Line + before.Count((byte)'\n');
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        string detail = string.Create(CultureInfo.InvariantCulture, $"{_file!.Path}:{line}:{column}{(problem.Detail.Length > 0 ? ": " : "")}{problem.Detail}");
        byte[] value = record[..Math.Min(record.Length, DeadLetter.MaxValueBytes)].ToArray();
        batch.AddDeadLetter(new DeadLetter(_file.Name, 0, place.End, problem.Reason, detail, value), refusedByTime);
    }
}
