using System.Buffers;
using QueryStream.Connectors.Files.Framing;

namespace QueryStream.Connectors.Files.Source;

/// <summary>
/// Cuts a file into blocks of whole records, with their positions and lines. Always from the start, also to go on in the middle: so lines are known,
/// and packed files need nothing special. Used by one thread at a time.
/// </summary>
/// <param name="input">The file, unpacked.</param>
/// <param name="file">Which file it is.</param>
/// <param name="framer">Finds the ends of records.</param>
/// <param name="hasHeader">Whether the first record that is not empty is wanted in any case.</param>
/// <param name="maxRecordBytes">A longer record is none.</param>
internal sealed class RecordScanner(Stream input, OpenFile file, IRecordFramer framer, bool hasHeader, int maxRecordBytes)
{
    private const int BlockBytes = 256 * 1024;
    private const string TooLarge = "record-too-large";
    private const string Unterminated = "unterminated-quote";

    // The bytes of the current block: those before _start are of its records, those up to _filled are read.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(BlockBytes);
    private int _start;
    private int _filled;

    // Of _start.
    private long _position;
    private long _line = 1;
    private bool _isFirst = true;

    // Behind a record that is too large, up to the end of its line, which is not among so many of its bytes; and the lines that were read over.
    private bool _isSkipping;
    private int _skipFrom;
    private int _skippedLines;
    private bool _hasEnded;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads on to the next block that has records, or is the last one. Its bytes belong to whoever gets it, and go back to the shared pool.</summary>
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
            _filled += read;
            _hasEnded = read == 0;
        }
    }

    /// <summary>Gives back what it holds; called where the scanner is left before the last block.</summary>
    public void Drop()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
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
            // The line that the quotation began in is told of, and reading goes on with the next one.
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

    // What is kept of a record that is too large stays at the start of the buffer, while the rest of it is read over.
    private bool SkipLine(FileBlock block, ReadOnlySpan<byte> rest)
    {
        int lineEnd = rest[_skipFrom..].IndexOf((byte)'\n');
        if (lineEnd < 0 && !_hasEnded)
        {
            // What is dropped counts as if it had been before the record, so that its end is right.
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

    // The record that is not complete moves to the start of the buffer, which grows with it.
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
