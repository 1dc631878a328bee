using QueryStream.Connectors.Kafka.Librdkafka;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka;

/// <summary>
/// The headers of a record in their order; a name may come several times. Valid as long as their record is. They are looked for when
/// they are asked for, and cost nothing where they are not.
/// </summary>
public readonly ref struct KafkaHeaders
{
    private readonly ReadOnlySpan<byte> _encoded;

    // The record in librdkafka's memory; 0 where the headers are encoded here.
    private readonly nint _message;

    internal KafkaHeaders(ReadOnlySpan<byte> encoded) => _encoded = encoded;

    internal KafkaHeaders(nint message) => _message = message;

    /// <summary>Goes through them in their order.</summary>
    /// <exception cref="ServiceRefusedException">They are damaged; a decoder that lets it pass makes a dead letter of the record, <c>unreadable-headers</c>.</exception>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The last header of that name, which is the one that counts where a name comes several times.</summary>
    /// <param name="name">The name, as UTF-8.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ServiceRefusedException">The record's headers are damaged.</exception>
    public bool TryGetLast(ReadOnlySpan<byte> name, out KafkaHeader header)
    {
        header = default;
        bool isFound = false;
        foreach (KafkaHeader one in this)
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
        private readonly nint _native;
        private ReadOnlySpan<byte> _rest;
        private nuint _index;

        internal Enumerator(KafkaHeaders headers)
        {
            _rest = headers._encoded;
            _native = headers._message == 0 ? 0 : NativeHeaders.Of(headers._message);
        }

        /// <summary>The header.</summary>
        public KafkaHeader Current { get; private set; }

        /// <summary>Goes to the next header.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext()
        {
            if (_native != 0)
            {
                bool hasNext = NativeHeaders.TryGet(_native, _index++, out KafkaHeader header);
                Current = header;
                return hasNext;
            }

            if (_rest.IsEmpty)
            {
                return false;
            }

            Current = HeaderEncoding.Read(_rest, out int end);
            _rest = _rest[end..];
            return true;
        }
    }
}
