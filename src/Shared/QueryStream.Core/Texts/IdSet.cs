using System.Numerics;

namespace QueryStream.Core.Texts;

/// <summary>
/// A set of small numbers: an open-addressing table while it is small, and a bit map as soon as that takes no more memory. Used by one thread.
/// </summary>
internal sealed class IdSet
{
    // Numbers plus one; 0: an empty slot. Null once the bit map is used.
    private uint[]? _slots = new uint[8];
    private ulong[] _bits = [];
    private int _largest;

    public int Count { get; private set; }

    public long SizeInBytes => ((_slots?.Length ?? 0) * 4L) + (_bits.Length * 8L) + 72;

    /// <summary>An independent copy.</summary>
    public IdSet Copy() => new() { _slots = _slots is null ? null : [.. _slots], _bits = [.. _bits], _largest = _largest, Count = Count };

    public void Add(int id)
    {
        if (_slots is null)
        {
            AddBit(id);
            return;
        }

        int mask = _slots.Length - 1;
        int index = IndexOf(id, mask);
        for (uint slot; (slot = _slots[index]) != 0; index = (index + 1) & mask)
        {
            if (slot == (uint)id + 1)
            {
                return;
            }
        }

        _slots[index] = (uint)id + 1;
        _largest = Math.Max(_largest, id);
        if (++Count * 4 > _slots.Length * 3)
        {
            Grow();
        }
    }

    public void UnionWith(IdSet other)
    {
        foreach (int id in other)
        {
            Add(id);
        }
    }

    public Enumerator GetEnumerator() => new(this);

    private static int IndexOf(int id, int mask) => (int)(((uint)id * 2_654_435_769u) >> 7) & mask;

    private void AddBit(int id)
    {
        int word = id >> 6;
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, (int)BitOperations.RoundUpToPowerOf2((uint)word + 1));
        }

        ulong bit = 1UL << (id & 63);
        Count += (_bits[word] & bit) == 0 ? 1 : 0;
        _bits[word] |= bit;
    }

    private void Grow()
    {
        uint[] old = _slots!;
        bool bitsAreSmaller = (_largest / 8) + 8 <= old.Length * 2 * sizeof(uint);
        _slots = bitsAreSmaller ? null : new uint[old.Length * 2];
        Count = 0;
        foreach (uint slot in old)
        {
            if (slot != 0)
            {
                Add((int)(slot - 1));
            }
        }
    }

    /// <summary>Enumerates the numbers in no particular order.</summary>
    public struct Enumerator(IdSet set)
    {
        private int _index = -1;
        private ulong _word;

        public int Current { get; private set; }

        public bool MoveNext() => set._slots is { } slots ? NextSlot(slots) : NextBit();

        private bool NextSlot(uint[] slots)
        {
            while (++_index < slots.Length)
            {
                if (slots[_index] != 0)
                {
                    Current = (int)(slots[_index] - 1);
                    return true;
                }
            }

            return false;
        }

        private bool NextBit()
        {
            while (_word == 0)
            {
                if (++_index >= set._bits.Length)
                {
                    return false;
                }

                _word = set._bits[_index];
            }

            Current = (_index << 6) + BitOperations.TrailingZeroCount(_word);
            _word &= _word - 1;
            return true;
        }
    }
}
