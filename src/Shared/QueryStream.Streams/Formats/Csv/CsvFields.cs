namespace QueryStream.Streams.Formats;

/// <summary>A field of a CSV record.</summary>
/// <param name="Start">The start of its content in the record, after the quote.</param>
/// <param name="Length">The length of its content, without quotes.</param>
/// <param name="IsQuoted">Whether it is quoted.</param>
/// <param name="HasQuotes">Whether it contains doubled quotes.</param>
internal readonly record struct CsvField(int Start, int Length, bool IsQuoted, bool HasQuotes);

/// <summary>Splits a CSV record into its fields. Used by one thread; holds the fields of the last record.</summary>
internal sealed class CsvFields(byte separator)
{
    private readonly List<CsvField> _fields = [];

    public int Count => _fields.Count;

    public CsvField this[int index] => _fields[index];

    /// <summary>Splits a record.</summary>
    public DecodeResult Split(ReadOnlySpan<byte> record)
    {
        _fields.Clear();
        int at = 0;
        while (true)
        {
            bool isQuoted = at < record.Length && record[at] == '"';
            DecodeResult result = isQuoted ? AddQuoted(record, ref at) : AddPlain(record, ref at);
            if (!result.IsOk || at >= record.Length)
            {
                return result;
            }

            // Skips the separator. At the end of the record, an empty field follows.
            at++;
        }
    }

    /// <summary>Writes the content of a field, with doubled quotes replaced by single ones.</summary>
    /// <returns>Its length.</returns>
    public static int Unquote(ReadOnlySpan<byte> content, Span<byte> output)
    {
        int length = 0;
        for (int i = 0; i < content.Length; i++)
        {
            output[length++] = content[i];
            i += content[i] == '"' ? 1 : 0;
        }

        return length;
    }

    private DecodeResult AddPlain(ReadOnlySpan<byte> record, ref int at)
    {
        int length = record[at..].IndexOf(separator);
        length = length < 0 ? record.Length - at : length;
        int quote = record.Slice(at, length).IndexOf((byte)'"');
        if (quote >= 0)
        {
            return DecodeResult.Reject(RejectReasons.MalformedCsv, "a quote stands in a field that does not begin with one", at + quote);
        }

        _fields.Add(new CsvField(at, length, false, false));
        at += length;
        return DecodeResult.Ok;
    }

    private DecodeResult AddQuoted(ReadOnlySpan<byte> record, ref int at)
    {
        int start = at + 1;
        bool hasQuotes = false;
        for (int i = start; i < record.Length; i++)
        {
            if (record[i] != '"')
            {
                continue;
            }

            if (i + 1 < record.Length && record[i + 1] == '"')
            {
                hasQuotes = true;
                i++;
                continue;
            }

            if (i + 1 < record.Length && record[i + 1] != separator)
            {
                return DecodeResult.Reject(
                    RejectReasons.MalformedCsv, "something stands between the end of a quotation and the end of its field", i + 1);
            }

            _fields.Add(new CsvField(start, i - start, true, hasQuotes));
            at = i + 1;
            return DecodeResult.Ok;
        }

        return DecodeResult.Reject(RejectReasons.MalformedCsv, "the quotation does not end", at);
    }
}
