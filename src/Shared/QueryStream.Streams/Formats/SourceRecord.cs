using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;

namespace QueryStream.Streams.Formats;

/// <summary>A record as it lies in the connector's memory. Valid for the call that it is given to: copy what is to stay.</summary>
public readonly ref struct SourceRecord
{
    /// <summary>Creates a record.</summary>
    public SourceRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool hasValue, EventTime timestamp, RecordPosition position)
    {
        Key = key;
        Value = value;
        HasValue = hasValue;
        Timestamp = timestamp;
        Position = position;
    }

    /// <summary>The key; empty where there is none.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether there is a value: Kafka distinguishes a null value (a tombstone) from an empty one.</summary>
    public bool HasValue { get; }

    /// <summary>
    /// The record's own time, of its producer or its broker; of a line, the time at which its file changed. <see cref="EventTime.MinValue"/> where it
    /// has none.
    /// </summary>
    public EventTime Timestamp { get; }

    /// <summary>Its headers; empty where the connector has none.</summary>
    public RecordHeaders Headers { get; init; }

    /// <summary>Partition and offset.</summary>
    public RecordPosition Position { get; }
}

/// <summary>A header of a record. Valid as long as its record is.</summary>
public readonly ref struct RecordHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool hasValue)
{
    /// <summary>The name, as UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <summary>The value; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Whether there is a value: Kafka distinguishes a null value from an empty one.</summary>
    public bool HasValue { get; } = hasValue;
}

/// <summary>
/// The headers of a record in their order; a name may come several times. Valid as long as their record is. They are parsed when they are asked
/// for, and cost nothing where they are not.
/// </summary>
public readonly ref struct RecordHeaders(RecordHeaderReader reader, nint record, ReadOnlySpan<byte> bytes)
{
    private readonly RecordHeaderReader? _reader = reader;
    private readonly nint _record = record;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Goes through them in their order.</summary>
    /// <exception cref="ServiceRefusedException">They are damaged. A decoder that lets it pass makes a dead letter of the record,
    /// <c>unreadable-headers</c>.</exception>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The last header of that name, which is the one that counts where a name comes several times.</summary>
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

    /// <summary>Goes through the headers of one record.</summary>
    public ref struct Enumerator
    {
        private readonly RecordHeaders _headers;
        private int _next;

        internal Enumerator(RecordHeaders headers) => _headers = headers;

        /// <summary>The header.</summary>
        public RecordHeader Current { get; private set; }

        /// <summary>Goes to the next header.</summary>
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

/// <summary>Parses the headers of a connector's records where they lie. Stateless; safe on any thread.</summary>
public abstract class RecordHeaderReader
{
    /// <summary>Reads the next header.</summary>
    /// <param name="record">What the connector gave to <see cref="RecordHeaders"/>.</param>
    /// <param name="bytes">What the connector gave to <see cref="RecordHeaders"/>.</param>
    /// <param name="next">0 before the first header; the connector says where the next one is.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="ServiceRefusedException">The headers are damaged.</exception>
    public abstract bool TryRead(nint record, ReadOnlySpan<byte> bytes, scoped ref int next, out RecordHeader header);
}
