using QueryStream.Core.Errors;

namespace QueryStream.Streams.Formats;

/// <summary>A header of a record. Valid as long as its record is.</summary>
public readonly ref struct RecordHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
{
    /// <summary>The name, as UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value; empty if there is none.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Whether there is a value: Kafka distinguishes a null value from an empty one.</summary>
    public bool HasValue { get; } = hasValue;
}

/// <summary>
/// The headers of a record, in order; a name may occur several times. Valid as long as the record. They are parsed on access, and cost nothing
/// otherwise.
/// </summary>
public readonly ref struct RecordHeaders(RecordHeaderReader reader, nint record, ReadOnlySpan<byte> bytes)
{
    private readonly RecordHeaderReader? _reader = reader;
    private readonly nint _record = record;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Enumerates the headers in order.</summary>
    /// <exception cref="ServiceRefusedException">They are damaged. If a decoder does not catch it, the record becomes a dead letter with the reason
    /// <c>unreadable-headers</c>.</exception>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Finds the last header with a name, which is the effective one if the name occurs several times.</summary>
    /// <param name="name">The name, as UTF-8.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ServiceRefusedException">The record's headers are damaged.</exception>
    public bool TryGetLast(ReadOnlySpan<byte> name, out RecordHeader header)
    {
        header = default;
        bool isFound = false;
        foreach (RecordHeader one in this)
        {
            if (one.Name.SequenceEqual(name))
            {
                header = one;
                isFound = true;
            }
        }

        return isFound;
    }

    /// <summary>Enumerates the headers of one record.</summary>
    public ref struct Enumerator
    {
        private readonly RecordHeaders _headers;
        private int _next;

        internal Enumerator(RecordHeaders headers) => _headers = headers;

        /// <summary>The header.</summary>
        public RecordHeader Current { get; private set; }

        /// <summary>Moves to the next header.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext()
        {
            if (_headers._reader is null)
            {
                return false;
            }

            bool hasNext = _headers._reader.TryRead(_headers._record, _headers._bytes, ref _next, out RecordHeader header);
            Current = header;
            return hasNext;
        }
    }
}

/// <summary>Parses the headers of a connector's records in place. Stateless; safe on any thread.</summary>
public abstract class RecordHeaderReader
{
    /// <summary>Reads the next header.</summary>
    /// <param name="record">The argument of <see cref="RecordHeaders"/>.</param>
    /// <param name="bytes">The argument of <see cref="RecordHeaders"/>.</param>
    /// <param name="next">The connector's position of the next header; 0 before the first.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ServiceRefusedException">The headers are damaged.</exception>
    public abstract bool TryRead(nint record, ReadOnlySpan<byte> bytes, scoped ref int next, out RecordHeader header);
}
