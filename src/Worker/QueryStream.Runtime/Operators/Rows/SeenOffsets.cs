namespace QueryStream.Runtime.Operators.Rows;

/// <summary>
/// Which of the newest million offsets of a partition have been seen: one bit each, in a ring. An older offset counts as seen,
/// since the flow control of the channels keeps the copies of a record much closer together than that.
/// </summary>
internal sealed class SeenOffsets
{
    /// <summary>How many offsets are remembered.</summary>
    public const int Span = 1 << 20;

    private readonly ulong[] _bits = new ulong[Span / 64];
    private long _newest = -1;

    /// <summary>Notes an offset.</summary>
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
            // The ring's places of the offsets between are those of offsets a whole span older.
            for (long passed = _newest + 1; passed <= offset; passed++)
            {
                _bits[(int)(passed & (Span - 1)) >> 6] &= ~(1UL << (int)(passed & 63));
            }
        }

        _newest = offset;
    }
}
