using QueryStream.Streams.Formats;

namespace QueryStream.Connectors.Files.Framing;

/// <summary>Finds where the records of one file end. Used by one thread.</summary>
internal interface IRecordFramer
{
    /// <summary>
    /// Finds the end of the first record. Called again with more bytes of the same record where it is not all there; so it may remember how
    /// far it has looked.
    /// </summary>
    /// <param name="bytes">Begin with the record.</param>
    /// <returns>The length of the record with its line end; -1 if that is not among the bytes. After a length, the next call is about the next record.</returns>
    int FindEnd(ReadOnlySpan<byte> bytes);

    /// <summary>Whether, as far as was looked, the record is within a quotation that has not ended: only that makes line ends part of a record.</summary>
    bool IsQuoted { get; }

    /// <summary>Forgets the record that was begun; the next call is about another one.</summary>
    void Reset();
}

/// <summary>Which framer a format needs.</summary>
internal static class RecordFramers
{
    /// <summary>Makes the framer of one file: records are lines, of CSV also with line ends between quotes.</summary>
    public static IRecordFramer Of<T>(RecordFormat<T> format) => format is CsvRecordFormat<T> csv ? new CsvFramer(csv.Separator) : new LineFramer();
}

/// <summary>Records that end with their line.</summary>
internal sealed class LineFramer : IRecordFramer
{
    private int _looked;

    public bool IsQuoted => false;

    public int FindEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[_looked..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _looked = bytes.Length;
            return -1;
        }

        int length = _looked + end + 1;
        _looked = 0;
        return length;
    }

    public void Reset() => _looked = 0;
}
