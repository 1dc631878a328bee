using System.Globalization;
using System.Text;

namespace QueryStream.Hosting;

/// <summary>
/// The last lines that a process has logged, in a bounded part of its memory, so that they can be read over the network wherever the log itself goes.
/// Thread-safe.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class RecentLog(TimeProvider time)
{
    /// <summary>The maximum size of the lines, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The maximum length of a line, in characters. The rest of a longer one is left out, and the line says how much that is.</summary>
    public const int MaxLineLength = 4_096;

    // What an array and its place in the queue take: many short lines must not take more memory than a few long ones.
    private const int LineOverhead = 32;

    // Guards the fields below, so that the lines of one event stay together.
    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _lines = new();
    private int _size;
    private DateTimeOffset _writtenAt = time.GetUtcNow();

    /// <summary>The size of all lines, in bytes.</summary>
    public int Size
    {
        get
        {
            lock (_lock)
            {
                return _size;
            }
        }
    }

    /// <summary>When the last line was logged; before that, when the process started.</summary>
    public DateTimeOffset WrittenAt
    {
        get
        {
            lock (_lock)
            {
                return _writtenAt;
            }
        }
    }

    /// <summary>Adds an event, which may have several lines. The oldest lines make room.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        lock (_lock)
        {
            foreach (ReadOnlySpan<char> line in text.TrimEnd("\r\n").EnumerateLines())
            {
                byte[] bytes = Encode(line);
                _lines.Enqueue(bytes);
                _size += bytes.Length;
                while (_size + (_lines.Count * LineOverhead) > MaxBytes)
                {
                    _size -= _lines.Dequeue().Length;
                }
            }

            _writtenAt = time.GetUtcNow();
        }
    }

    /// <summary>The last lines in UTF-8, each with an end of line.</summary>
    /// <param name="lines">How many at most.</param>
    public byte[] Tail(int lines = int.MaxValue)
    {
        byte[][] last;
        lock (_lock)
        {
            last = [.. _lines.Skip(Math.Max(0, _lines.Count - lines))];
        }

        byte[] text = new byte[last.Sum(line => line.Length)];
        int at = 0;
        foreach (byte[] line in last)
        {
            line.CopyTo(text, at);
            at += line.Length;
        }

        return text;
    }

    private static byte[] Encode(ReadOnlySpan<char> line)
    {
        if (line.Length <= MaxLineLength)
        {
            return Bytes(line, "\n");
        }

        // Not between the two halves of a character.
        int length = char.IsHighSurrogate(line[MaxLineLength - 1]) ? MaxLineLength - 1 : MaxLineLength;
        return Bytes(line[..length], string.Create(CultureInfo.InvariantCulture, $"... ({line.Length - length} more characters)\n"));
    }

    private static byte[] Bytes(ReadOnlySpan<char> line, string end)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(line) + Encoding.UTF8.GetByteCount(end)];
        int written = Encoding.UTF8.GetBytes(line, bytes);
        Encoding.UTF8.GetBytes(end, bytes.AsSpan(written));
        return bytes;
    }
}
