using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using QueryStream.Streams.Records;

namespace QueryStream.Connectors.Files.Formats;

/// <summary>
/// Reads the records of one CSV file: makes a JSON object of each, which its type's format then reads. A field without a content has no member in
/// it, so that this has its default value; <c>""</c> is an empty text.
/// </summary>
internal sealed class CsvReader<T> : IRecordReader<T>
{
    private const int NoColumn = -1;

    private readonly CsvColumns _columns;
    private readonly CsvFields _fields;
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Utf8JsonWriter _writer;
    private readonly JsonRowReader<T> _rows = new();

    // By field, the column; null before the header.
    private int[]? _columnOf;
    private byte[] _unquoted = new byte[256];

    public CsvReader(CsvColumns columns, CsvOptions options)
    {
        _columns = columns;
        _fields = new CsvFields((byte)options.Separator);
        _writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
        HasHeader = options.HasHeader;
        _columnOf = HasHeader ? null : [.. Enumerable.Range(0, columns.Members.Count)];
    }

    public bool HasHeader { get; }

    public RecordResult Read(ReadOnlySpan<byte> record, out T row, out RecordProblem problem)
    {
        row = default!;
        problem = default;
        if (record.IsEmpty && _columnOf is not [_])
        {
            return RecordResult.Nothing;
        }

        bool isHeader = _columnOf is null;
        if (!Utf8.IsValid(record))
        {
            problem = new RecordProblem("invalid-utf8", 0, "the record is not UTF-8");
            return isHeader ? RecordResult.Unusable : RecordResult.Problem;
        }

        if (!_fields.TrySplit(record, out problem))
        {
            return isHeader ? RecordResult.Unusable : RecordResult.Problem;
        }

        return isHeader ? ReadHeader(record, out problem) : ReadRow(record, out row, out problem);
    }

    private RecordResult ReadHeader(ReadOnlySpan<byte> record, out RecordProblem problem)
    {
        int[] columnOf = new int[_fields.Count];
        bool[] isFound = new bool[_columns.Members.Count];
        for (int i = 0; i < columnOf.Length; i++)
        {
            int column = _columns.Find(Encoding.UTF8.GetString(ContentOf(record, _fields[i])).Trim());
            if (column != NoColumn && isFound[column])
            {
                problem = new RecordProblem("wrong-header", _fields[i].Start, $"the column '{_columns.Members[column].Name}' is there twice");
                return RecordResult.Unusable;
            }

            columnOf[i] = column;
            isFound[Math.Max(column, 0)] |= column != NoColumn;
        }

        int missing = Array.FindIndex(isFound, found => !found);
        if (missing >= 0 && (Array.TrueForAll(columnOf, column => column == NoColumn) || _columns.Members.Index().Any(member => member.Item.IsRequired && !isFound[member.Index])))
        {
            problem = new RecordProblem("wrong-header", 0, $"the header must name these columns: {string.Join(", ", _columns.Members.Select(member => member.Name))}");
            return RecordResult.Unusable;
        }

        _columnOf = columnOf;
        problem = default;
        return RecordResult.Nothing;
    }

    private RecordResult ReadRow(ReadOnlySpan<byte> record, out T row, out RecordProblem problem)
    {
        row = default!;
        if (_fields.Count != _columnOf!.Length)
        {
            problem = new RecordProblem("wrong-field-count", 0, string.Create(CultureInfo.InvariantCulture, $"there are {_fields.Count} fields where {_columnOf.Length} columns are"));
            return RecordResult.Problem;
        }

        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _writer.WriteStartObject();
        for (int i = 0; i < _columnOf.Length; i++)
        {
            CsvField field = _fields[i];
            if (_columnOf[i] != NoColumn && (field.Length > 0 || field.IsQuoted))
            {
                _writer.WritePropertyName(_columns.Names[_columnOf[i]]);
                WriteValue(_columns.Kinds[_columnOf[i]], ContentOf(record, field));
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
        if (_rows.TryRead(_json.WrittenSpan, out row, out JsonProblem json))
        {
            problem = default;
            return RecordResult.Row;
        }

        int column = _columns.Find(json.Member);
        int at = column == NoColumn ? -1 : Array.IndexOf(_columnOf, column);
        problem = new RecordProblem(json.Reason, at < 0 ? 0 : _fields[at].Start, $"{json.Member} {json.Detail}");
        return RecordResult.Problem;
    }

    private void WriteValue(CsvKind kind, ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> trimmed = content.Trim((byte)' ');
        switch (kind)
        {
            case CsvKind.Number when IsJsonNumber(trimmed):
                _writer.WriteRawValue(trimmed, skipInputValidation: true);
                break;
            case CsvKind.Number:
                _writer.WriteStringValue(trimmed);
                break;
            case CsvKind.Boolean when Ascii.EqualsIgnoreCase(trimmed, "true"u8) || Ascii.EqualsIgnoreCase(trimmed, "false"u8):
                _writer.WriteBooleanValue(trimmed.Length == 4);
                break;
            default:
                _writer.WriteStringValue(content);
                break;
        }
    }

    // What is none in JSON goes on as a string, so that it is refused with what it is.
    private static bool IsJsonNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.StartsWith("-"u8) ? text[1..] : text;
        bool startsWell = digits.Length > 0 && char.IsAsciiDigit((char)digits[0]) && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit((char)digits[1]));
        return startsWell
            && char.IsAsciiDigit((char)digits[^1])
            && !digits.ContainsAnyExcept("0123456789.eE+-"u8)
            && Utf8Parser.TryParse(text, out double _, out int read)
            && read == text.Length
            && HasDigitsAroundPoint(digits);
    }

    private static bool HasDigitsAroundPoint(ReadOnlySpan<byte> digits)
    {
        int point = digits.IndexOf((byte)'.');
        return point < 0 || char.IsAsciiDigit((char)digits[point + 1]);
    }

    private ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> record, CsvField field)
    {
        ReadOnlySpan<byte> content = record.Slice(field.Start, field.Length);
        if (!field.HasQuotes)
        {
            return content;
        }

        if (_unquoted.Length < content.Length)
        {
            _unquoted = new byte[content.Length * 2];
        }

        return _unquoted.AsSpan(0, CsvFields.Unquote(content, _unquoted));
    }
}
