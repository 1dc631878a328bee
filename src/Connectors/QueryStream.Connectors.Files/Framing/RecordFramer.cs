using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Framing;

/// <summary>Finds the ends of records in one file. Used by one thread.</summary>
internal interface IRecordFramer
{
    /// <summary>
    /// Finds the end of the first record. If it is incomplete, called again with more bytes of the same record, so the framer remembers how far it
    /// has scanned.
    /// </summary>
    /// <param name="bytes">The bytes from the start of the record.</param>
    /// <returns>The length of the record with its line break; -1 if it is incomplete. After a length, the next call is for the next record.</returns>
    int FindEnd(ReadOnlySpan<byte> bytes);

    /// <summary>Whether the scanned bytes end within a quotation, so that line breaks are part of the record.</summary>
    bool IsQuoted { get; }

    /// <summary>Discards the state of an incomplete record; the next call is for another record.</summary>
    void Reset();
}

/// <summary>Creates framers.</summary>
internal static class RecordFramers
{
    /// <summary>Creates the framer of one file: CSV records may contain quoted line breaks, all others are lines.</summary>
    public static IRecordFramer Of<T>(RecordFormat<T> format) => format is CsvRecordFormat<T> csv ? new CsvFramer(csv.Separator) : new LineFramer();
}

/// <summary>Frames records that are lines.</summary>
internal sealed class LineFramer : IRecordFramer
{
    private int _scanned;

    public bool IsQuoted => false;

    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[_scanned..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _scanned = bytes.Length;
            return -1;
        }

        int length = _scanned + end + 1;
        _scanned = 0;
        return length;
    }

    public void Reset() => _scanned = 0;
}
