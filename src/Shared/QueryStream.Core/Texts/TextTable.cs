using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;

namespace QueryStream.Core.Texts;

/// <summary>
/// A set of texts: their bytes in order of arrival, the end of each text, and an index by hash. A text takes 17 to 30 bytes besides its own, and no
/// object. It only grows. Used by one thread.
/// </summary>
internal sealed class TextTable
{
    private const int LargeBytes = 1 << 20;

    private HashIndex _index = new();
    private byte[] _bytes = new byte[32];
    private int[] _ends = new int[4];

    public int Count { get; private set; }

    public long SizeInBytes => _index.SizeInBytes + (_ends.Length * (long)sizeof(int)) + _bytes.Length + 80;

    /// <summary>A table that replaces this one, which must not change any more. Both share their content.</summary>
    public TextTable Fork() => new() { _index = _index, _bytes = _bytes, _ends = _ends, Count = Count };

    public void UnionWith(TextTable other)
    {
        for (int number = 0; number < other.Count; number++)
        {
            ReadOnlySpan<byte> text = other.BytesOf(number);
            Add(text, (uint)StableHash.OfBytes(text));
        }
    }

    public void Write(CodecWriter writer)
    {
        for (int number = 0; number < Count; number++)
        {
            writer.WriteBytes(BytesOf(number));
        }
    }

    public void Add(ReadOnlySpan<byte> text, uint hash)
    {
        HashIndex.Probe probe = _index.Find(hash);
        while (probe.MoveNext(out int number))
        {
            if (text.SequenceEqual(BytesOf(number)))
            {
                return;
            }
        }

        Append(text);
        _index.Add(hash, probe.End, Count - 1);
    }

    private int StartOf(int number) => number == 0 ? 0 : _ends[number - 1];

    private ReadOnlySpan<byte> BytesOf(int number)
    {
        int start = StartOf(number);
        return _bytes.AsSpan(start, _ends[number] - start);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        int used = StartOf(Count);
        if (_bytes.Length - used < text.Length)
        {
            Array.Resize(ref _bytes, SizeFor(used, used + (long)text.Length));
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count < LargeBytes ? Count * 2 : Count + (Count / 4));
        }

        text.CopyTo(_bytes.AsSpan(used));
        _ends[Count++] = used + text.Length;
    }

    private int SizeFor(int used, long bytes)
    {
        if (bytes > Array.MaxLength)
        {
            throw new InvalidOperationException($"A set of {Count} texts has {used} bytes: it cannot hold more than {Array.MaxLength}.");
        }

        // Large arrays grow by a quarter, to limit the unused part when there are millions of texts.
        long grown = _bytes.Length < LargeBytes ? _bytes.Length * 2L : _bytes.Length + (_bytes.Length / 4L);
        return (int)Math.Min(Array.MaxLength, Math.Max(bytes, grown));
    }
}
