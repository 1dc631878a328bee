using System.Buffers;
using QueryStream.Connectors.Files.Framing;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// Splits a file into blocks of whole records, with their positions and line numbers. After a restore it also reads from the start, so that line
/// numbers are known and compressed files need no special handling. If the first line ends with a lone carriage return, all carriage returns count
/// as line feeds. Used by one thread at a time.
/// </summary>
/// <param name="input">The decompressed file.</param>
/// <param name="file">The file.</param>
/// <param name="framer">Finds the ends of records.</param>
/// <param name="hasHeader">Whether the first non-empty record is a header, which is also read after a restore.</param>
/// <param name="maxRecordBytes">The maximum size of a record.</param>
internal sealed class RecordScanner(Stream input, OpenFile file, IRecordFramer framer, bool hasHeader, int maxRecordBytes)
{
    /// <summary>The reason of records that are too large.</summary>
    public const string TooLarge = "record-too-large";

    private const int BlockBytes = 256 * 1024;
    private const string Unterminated = "unterminated-quote";

    // The bytes of the current block: framed records up to _start, and unframed bytes up to _filled.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _start;
    private int _filled;

    // The position and line of _start.
    private long _position;
    private long _line = 1;
    private bool _isFirst = true;

    // Within a record that is too large: where to search for its line break, and the number of skipped lines.
    private bool _isSkipping;
    private int _skipFrom;
    private int _skippedLines;
    private bool _hasEnded;

    // The line break; null until the first one.
    private byte? _lineEnd;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the next block with records, or the last block. The caller returns its bytes to the shared pool.</summary>
    public async ValueTask<FileBlock> ReadAsync(CancellationToken cancellationToken)
    {
        FileBlock block = new(file);
        while (true)
        {
            Frame(block);
            if (block.Records.Count > 0 || _hasEnded)
            {
                block.IsLast = _hasEnded;
                block.Damage = _hasEnded && _position <= file.RestoredPosition ? "it is shorter than the position reached before the restart" : null;
                Detach(block);
                return block;
            }

            MakeRoom();
            int read = await input.ReadAsync(_bytes.AsMemory(_filled), cancellationToken).ConfigureAwait(false);
            NormalizeLineEnds(read);
            _filled += read;
            _hasEnded = read == 0;
        }
    }

    /// <summary>Returns its buffer to the shared pool.</summary>
    public void Drop()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    // Replaces bytes in place, so that positions stay valid. A carriage return at the very end may be followed by a line feed.
    private void NormalizeLineEnds(int read)
    {
        Span<byte> added = _bytes.AsSpan(_filled, read);
        if (_lineEnd is null)
        {
            if (added.Contains((byte)'\n'))
            {
                _lineEnd = (byte)'\n';
            }
            else if (_filled + read > _start && _bytes.AsSpan(_start, _filled + read - _start - 1).Contains((byte)'\r'))
            {
                _lineEnd = (byte)'\r';
                added = _bytes.AsSpan(_start, _filled + read - _start);
            }
        }

        if (_lineEnd == '\r')
        {
            added.Replace((byte)'\r', (byte)'\n');
        }
    }

    private void Frame(FileBlock block)
    {
        if (_isFirst && _position == 0 && _bytes.AsSpan(_start, _filled - _start).StartsWith(ByteOrderMark))
        {
            Advance(ByteOrderMark.Length);
        }

        while (_start < _filled && FrameOne(block))
        {
        }
    }

    private bool FrameOne(FileBlock block)
    {
        ReadOnlySpan<byte> rest = _bytes.AsSpan(_start, _filled - _start);
        if (_isSkipping)
        {
            return SkipLine(block, rest);
        }

        int length = framer.FindEnd(rest);
        if (length >= 0)
        {
            Add(block, rest, length, WithoutLineEnd(rest[..length]) > maxRecordBytes ? TooLarge : null);
            return true;
        }

        bool isTooLarge = WithoutLineEnd(rest) > maxRecordBytes;
        if (framer.IsQuoted && (isTooLarge || _hasEnded))
        {
            // Rejects the line in which the quotation begins, and continues with the next line.
            framer.Reset();
            int lineEnd = rest.IndexOf((byte)'\n');
            Add(block, rest, lineEnd < 0 ? rest.Length : lineEnd + 1, Unterminated);
            return true;
        }

        if (_hasEnded)
        {
            framer.Reset();
            Add(block, rest, rest.Length, isTooLarge ? TooLarge : null);
            return true;
        }

        (_isSkipping, _skipFrom) = (isTooLarge, rest.Length);
        return isTooLarge && SkipLine(block, rest);
    }

    // Keeps the beginning of a record that is too large at the start of the buffer, and skips the rest.
    private bool SkipLine(FileBlock block, ReadOnlySpan<byte> rest)
    {
        int lineEnd = rest[_skipFrom..].IndexOf((byte)'\n');
        if (lineEnd < 0 && !_hasEnded)
        {
            // Counts the skipped bytes as if they came before the record, so that its end position is right.
            _skippedLines += rest[maxRecordBytes..].Count((byte)'\n');
            _position += rest.Length - maxRecordBytes;
            _filled = _start + maxRecordBytes;
            _skipFrom = maxRecordBytes;
            return false;
        }

        _isSkipping = false;
        framer.Reset();
        Add(block, rest, lineEnd < 0 ? rest.Length : _skipFrom + lineEnd + 1, TooLarge);
        _line += _skippedLines;
        _skippedLines = 0;
        return true;
    }

    private void Add(FileBlock block, ReadOnlySpan<byte> rest, int length, string? problem)
    {
        long end = _position + length - 1;
        int size = WithoutLineEnd(rest[..length]);
        if (end > file.RestoredPosition || (_isFirst && hasHeader))
        {
            block.Records.Add(new RecordRange(_start, size, end, _line, problem));
        }

        _line += rest[..length].Count((byte)'\n');
        _isFirst &= size == 0;
        Advance(length);
    }

    private static int WithoutLineEnd(ReadOnlySpan<byte> record)
    {
        int length = record.Length;
        length -= length > 0 && record[length - 1] == '\n' ? 1 : 0;
        return length - (length > 0 && record[length - 1] == '\r' ? 1 : 0);
    }

    private void Advance(int length)
    {
        _start += length;
        _position += length;
    }

    // Moves the incomplete record to the start of the buffer, which grows with it.
    private void MakeRoom()
    {
        int length = _filled - _start;
        byte[] bytes = length > _bytes.Length / 2 ? ArrayPool<byte>.Shared.Rent(_bytes.Length * 2) : _bytes;
        _bytes.AsSpan(_start, length).CopyTo(bytes);
        if (bytes != _bytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = bytes;
        }

        (_start, _filled) = (0, length);
    }

    private void Detach(FileBlock block)
    {
        int length = _filled - _start;
        block.Bytes = _bytes;
        _bytes = _hasEnded ? [] : ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, length * 2));
        block.Bytes.AsSpan(_start, length).CopyTo(_bytes);
        (_start, _filled) = (0, length);
    }
}
