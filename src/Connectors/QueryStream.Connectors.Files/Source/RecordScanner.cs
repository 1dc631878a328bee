using System.Buffers;
using QueryStream.Connectors.Files.Framing;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// Cuts a file into blocks of whole records, with their positions and lines. It reads from the start also after a restore: so lines are known, and
/// packed files need nothing special. If the first line of the file ends with a carriage return alone, all of them count as line feeds. Used by
/// one thread at a time.
/// </summary>
/// <param name="input">The file, unpacked.</param>
/// <param name="file">Which file it is.</param>
/// <param name="framer">Finds the ends of records.</param>
/// <param name="hasHeader">Whether the first record that is not empty is a header, which is needed also after a restore.</param>
/// <param name="maxRecordBytes">A longer record is a problem.</param>
internal sealed class RecordScanner(Stream input, OpenFile file, IRecordFramer framer, bool hasHeader, int maxRecordBytes)
{
    /// <summary>The reason of records that are longer than allowed.</summary>
    public const string TooLarge = "record-too-large";

    private const int BlockBytes = 256 * 1024;
    private const string Unterminated = "unterminated-quote";

    // The bytes of the current block: records of it up to _start, and bytes that were read up to _filled.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _start;
    private int _filled;

    // Those of _start.
    private long _position;
    private long _line = 1;
    private bool _isFirst = true;

    // Within a record that is too large: where in it to look for the end of its line, and the lines that were skipped.
    private bool _isSkipping;
    private int _skipFrom;
    private int _skippedLines;
    private bool _hasEnded;

    // What ends lines; null as long as no line has ended.
    private byte? _lineEnd;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the next block that has records, or the last one. The caller returns its bytes to the shared pool.</summary>
    public async ValueTask<FileBlock> ReadAsync(CancellationToken cancellationToken)
    {
        FileBlock block = new(file);
        while (true)
        {
            Frame(block);
            if (block.Records.Count > 0 || _hasEnded)
            {
                block.IsLast = _hasEnded;
                block.Damage = _hasEnded && _position <= file.Behind ? "it is shorter than what was read of it before the restart" : null;
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

    // One byte for one byte, so that positions stay. A carriage return at the very end may be followed by a line feed.
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
        if (_isFirst && _position == 0 && _filled - _start >= ByteOrderMark.Length && _bytes.AsSpan(_start, _filled - _start).StartsWith(ByteOrderMark))
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
            // A problem of the line in which the quotation begins; reading goes on with the next line.
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

    // The beginning of a record that is too large stays at the start of the buffer, while the rest of it is skipped.
    private bool SkipLine(FileBlock block, ReadOnlySpan<byte> rest)
    {
        int lineEnd = rest[_skipFrom..].IndexOf((byte)'\n');
        if (lineEnd < 0 && !_hasEnded)
        {
            // The skipped bytes count as if they were before the record, so that its end is right.
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
        if (end > file.Behind || (_isFirst && hasHeader))
        {
            block.Records.Add(new RecordPlace(_start, size, end, _line, problem));
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
