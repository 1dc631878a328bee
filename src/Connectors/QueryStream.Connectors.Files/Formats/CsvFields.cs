namespace QueryStream.Connectors.Files.Formats;

/// <summary>Splits a CSV record into its fields. Used by one thread, for one record after the other.</summary>
internal sealed class CsvFields(byte separator)
{
    public const string Malformed = "malformed-csv";

    private readonly List<CsvField> _fields = [];

    public int Count => _fields.Count;

    public CsvField this[int index] => _fields[index];

    /// <summary>Splits a record.</summary>
    public bool TrySplit(ReadOnlySpan<byte> record, out RecordProblem problem)
    {
        _fields.Clear();
        int at = 0;
        while (true)
        {
            bool isQuoted = at < record.Length && record[at] == '"';
            if (!(isQuoted ? TryQuoted(record, ref at, out problem) : TryPlain(record, ref at, out problem)))
            {
                return false;
            }

            if (at >= record.Length)
            {
                return true;
            }

            // The separator; an empty field may follow it at the very end.
            at++;
        }
    }

    /// <summary>Writes the content of a field without its doubled quotes.</summary>
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

    private bool TryPlain(ReadOnlySpan<byte> record, ref int at, out RecordProblem problem)
    {
        int length = record[at..].IndexOf(separator);
        length = length < 0 ? record.Length - at : length;
        int quote = record.Slice(at, length).IndexOf((byte)'"');
        if (quote >= 0)
        {
            problem = new RecordProblem(Malformed, at + quote, "a quote stands in a field that does not begin with one");
            return false;
        }

        _fields.Add(new CsvField(at, length, false, false));
        at += length;
        problem = default;
        return true;
    }

    private bool TryQuoted(ReadOnlySpan<byte> record, ref int at, out RecordProblem problem)
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
                problem = new RecordProblem(Malformed, i + 1, "something stands between the end of a quotation and the end of its field");
                return false;
            }

            _fields.Add(new CsvField(start, i - start, true, hasQuotes));
            at = i + 1;
            problem = default;
            return true;
        }

        problem = new RecordProblem(Malformed, at, "the quotation does not end");
        return false;
    }
}
