namespace QueryStream.Connectors.Files.Framing;

/// <summary>
/// Frames CSV records: a line break ends a record unless it is quoted. Only a quote at the start of a field begins a quotation (RFC 4180).
/// </summary>
internal sealed class CsvFramer(byte separator) : IRecordFramer
{
    private int _scanned;
    private State _state = State.FieldStart;

    private enum State
    {
        FieldStart,
        Plain,
        Quoted,

        // After a quote within a quotation: its end, or the first half of an escaped quote.
        Quote,
    }

    public bool IsQuoted => _state == State.Quoted;

    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        while (_scanned < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[_scanned..];
            int skipped = _state switch
            {
                State.Quoted => rest.IndexOf((byte)'"'),
                State.Plain => rest.IndexOfAny(separator, (byte)'\n'),
                _ => 0,
            };
            if (skipped < 0)
            {
                _scanned = bytes.Length;
                return -1;
            }

            byte next = rest[skipped];
            _scanned += skipped + 1;
            if (next == '\n' && _state != State.Quoted)
            {
                int length = _scanned;
                Reset();
                return length;
            }

            _state = After(next);
        }

        return -1;
    }

    public void Reset()
    {
        _scanned = 0;
        _state = State.FieldStart;
    }

    private State After(byte next) => _state switch
    {
        State.Quoted => State.Quote,
        State.FieldStart or State.Quote when next == '"' => State.Quoted,
        _ => next == separator ? State.FieldStart : State.Plain,
    };
}
