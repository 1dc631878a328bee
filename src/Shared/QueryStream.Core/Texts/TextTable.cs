using QueryStream.Core.Codecs;
using System.Runtime.InteropServices;

namespace QueryStream.Core.Texts;

/// <summary>
/// The bytes of distinct texts one behind the other, and an open table of where they lie, with a part of their hash: 16 to 32 bytes a
/// text beyond its own bytes and at most a quarter of these, and no object. Used by one thread.
/// </summary>
internal sealed class TextTable
{
    private const uint Stride = 0x9E3779B1;
    private const int LargeBytes = 1 << 20;

    private Slot[] _slots = new Slot[4];
    private byte[] _bytes = new byte[32];
    private int _used;

    public int Count { get; private set; }

    public long SizeInBytes => (_slots.Length * 12L) + _bytes.Length + 80;

    // Not in the order of the slots, which is that of the hashes: it would fill the other table from the front, and each text would
    // have to pass all before it (171 s for two sets of 2.5 million). An odd stride visits each slot once.
    public void UnionWith(TextTable other)
    {
        int mask = other._slots.Length - 1;
        for (uint i = 0; i <= (uint)mask; i++)
        {
            ref readonly Slot slot = ref other._slots[(int)(i * Stride) & mask];
            if (slot.End != 0)
            {
                Add(other.BytesOf(slot), slot.Hash);
            }
        }
    }

    // In the same order and for the same reason: whoever reads them fills a table.
    public void Write(CodecWriter writer)
    {
        int mask = _slots.Length - 1;
        for (uint i = 0; i <= (uint)mask; i++)
        {
            ref readonly Slot slot = ref _slots[(int)(i * Stride) & mask];
            if (slot.End != 0)
            {
                writer.WriteBytes(BytesOf(slot));
            }
        }
    }

    public void Add(ReadOnlySpan<byte> text, uint hash)
    {
        int mask = _slots.Length - 1;
        int index = (int)hash & mask;
        for (; _slots[index].End != 0; index = (index + 1) & mask)
        {
            ref Slot slot = ref _slots[index];
            if (slot.Hash == hash && text.SequenceEqual(BytesOf(slot)))
            {
                return;
            }
        }

        _slots[index] = Append(text, hash);
        if (++Count * 4 > _slots.Length * 3)
        {
            Grow();
        }
    }

    private ReadOnlySpan<byte> BytesOf(in Slot slot) => _bytes.AsSpan(slot.Start, slot.End - 1 - slot.Start);

    private Slot Append(ReadOnlySpan<byte> text, uint hash)
    {
        if (_bytes.Length - _used < text.Length)
        {
            Array.Resize(ref _bytes, SizeFor(_used + (long)text.Length));
        }

        text.CopyTo(_bytes.AsSpan(_used));
        Slot slot = new(hash, _used, _used + text.Length + 1);
        _used += text.Length;
        return slot;
    }

    private int SizeFor(long bytes)
    {
        if (bytes > Array.MaxLength)
        {
            throw new InvalidOperationException($"A set of {Count} texts has {_used} bytes: it cannot hold more than {Array.MaxLength}.");
        }

        // Large ones by a quarter, since up to that much of them is empty: with millions of texts this is what a text costs.
        long grown = _bytes.Length < LargeBytes ? _bytes.Length * 2L : _bytes.Length + (_bytes.Length / 4L);
        return (int)Math.Min(Array.MaxLength, Math.Max(bytes, grown));
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = new Slot[old.Length * 2];
        int mask = _slots.Length - 1;
        foreach (ref readonly Slot slot in old.AsSpan())
        {
            if (slot.End == 0)
            {
                continue;
            }

            int index = (int)slot.Hash & mask;
            while (_slots[index].End != 0)
            {
                index = (index + 1) & mask;
            }

            _slots[index] = slot;
        }
    }

    // End is one more than the end, so that the empty slot is all zeros even where the empty text is the first value.
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Slot(uint Hash, int Start, int End);
}
