namespace QueryStream.Runtime.Operators.Rows;

/// <summary>
/// Which of the newest million offsets of a partition, as bits in a ring. Older offsets count as seen: flow control keeps the copies of a
/// record much closer together.
/// </summary>
internal sealed class SeenOffsets
{
    /// <summary>The number of offsets in the ring.</summary>
    public const int Span = 1 << 20;

    private readonly ulong[] _bits = new ulong[Span / 64];
    private long _newest = -1;

    /// <summary>Creates an empty set.</summary>
    public SeenOffsets()
    {
    }

    /// <summary>Restores a set.</summary>
    /// <param name="newest">Its <see cref="Newest"/>.</param>
    /// <param name="words">Its <see cref="Words"/>.</param>
    public SeenOffsets(long newest, IEnumerable<(int Index, ulong Bits)> words)
    {
        _newest = newest;
        foreach ((int index, ulong bits) in words)
        {
            _bits[index] = bits;
        }
    }

    /// <summary>The newest offset; -1 if there is none.</summary>
    public long Newest => _newest;

    /// <summary>The words of the ring that are not zero, with their indexes.</summary>
    public (int Index, ulong Bits)[] Words()
    {
        List<(int, ulong)> words = [];
        for (int index = 0; index < _bits.Length; index++)
        {
            if (_bits[index] != 0)
            {
                words.Add((index, _bits[index]));
            }
        }

        return [.. words];
    }

    /// <summary>Adds an offset.</summary>
    /// <returns>Whether it had not been seen.</returns>
    public bool Add(long offset)
    {
        if (offset <= _newest - Span)
        {
            return false;
        }

        ForgetUpTo(offset);
        ref ulong word = ref _bits[(int)(offset & (Span - 1)) >> 6];
        ulong bit = 1UL << (int)(offset & 63);
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    private void ForgetUpTo(long offset)
    {
        if (offset <= _newest)
        {
            return;
        }

        if (offset - _newest >= Span)
        {
            Array.Clear(_bits);
        }
        else
        {
            // The skipped offsets reuse the bits of offsets that are one ring older.
            for (long passed = _newest + 1; passed <= offset; passed++)
            {
                _bits[(int)(passed & (Span - 1)) >> 6] &= ~(1UL << (int)(passed & 63));
            }
        }

        _newest = offset;
    }
}
