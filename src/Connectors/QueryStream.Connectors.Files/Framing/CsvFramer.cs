namespace QueryStream.Connectors.Files.Framing;

/// <summary>Records that end with their line, unless the line end stands between quotes. A quote means something only where a field begins with it.</summary>
internal sealed class CsvFramer(byte separator) : IRecordFramer
{
    private int _looked;
    private Place _place = Place.FieldStart;

    private enum Place
    {
        FieldStart,
        Plain,
        Quoted,

        // Behind a quote within quotes: the end of the quotation, or the first half of a quote that is doubled.
        Quote,
    }

    public bool IsQuoted => _place == Place.Quoted;

    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        while (_looked < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[_looked..];
            int skipped = _place switch
            {
                Place.Quoted => rest.IndexOf((byte)'"'),
                Place.Plain => rest.IndexOfAny(separator, (byte)'\n'),
                _ => 0,
            };
            if (skipped < 0)
            {
                _looked = bytes.Length;
                return -1;
            }

            byte next = rest[skipped];
            _looked += skipped + 1;
            if (next == '\n' && _place != Place.Quoted)
            {
                int length = _looked;
                Reset();
                return length;
            }

            _place = After(next);
        }

        return -1;
    }

    public void Reset()
    {
        _looked = 0;
        _place = Place.FieldStart;
    }

    private Place After(byte next) => _place switch
    {
        Place.Quoted => Place.Quote,
        Place.FieldStart or Place.Quote when next == '"' => Place.Quoted,
        _ => next == separator ? Place.FieldStart : Place.Plain,
    };
}
