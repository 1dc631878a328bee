using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Formats;

/// <summary>
/// Decodes CSV records: converts each to a JSON object, which the JSON format of the rows then reads. An empty field is a missing member, which then
/// has its default value, or an empty text if the member is a required text; <c>""</c> is an empty text.
/// </summary>
internal sealed class CsvDecoder<T> : RecordDecoder<T>
{
    private const int NoColumn = -1;
    private const int MaxShownBytes = 100;

    private readonly CsvColumns _columns;
    private readonly CsvFields _fields;
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly Utf8JsonWriter _writer;
    private readonly JsonRowReader<T> _rows = new();

    // The column of each field. Without a header, the fields are in the order of the columns.
    private int[] _columnOf;
    private byte[] _unquoted = new byte[256];

    public CsvDecoder(CsvColumns columns, byte separator)
    {
        _columns = columns;
        _fields = new CsvFields(separator);
        _writer = new Utf8JsonWriter(_json, new JsonWriterOptions { SkipValidation = true });
        _columnOf = [.. Enumerable.Range(0, columns.Members.Count)];
    }

    public override DecodeResult ReadHeader(ReadOnlySpan<byte> header)
    {
        DecodeResult result = Split(header);
        if (!result.IsOk)
        {
            return result;
        }

        int[] columnOf = new int[_fields.Count];
        bool[] isFound = new bool[_columns.Members.Count];
        for (int i = 0; i < columnOf.Length; i++)
        {
            int column = _columns.Find(Encoding.UTF8.GetString(ContentOf(header, _fields[i])).Trim());
            if (column != NoColumn && isFound[column])
            {
                return DecodeResult.Reject(
                    RejectReasons.WrongHeader, $"the column '{_columns.Members[column].Name}' appears twice", _fields[i].Start);
            }

            columnOf[i] = column;
            isFound[Math.Max(column, 0)] |= column != NoColumn;
        }

        bool fitsNone = Array.TrueForAll(columnOf, column => column == NoColumn);
        if (fitsNone || _columns.Members.Index().Any(member => member.Item.IsRequired && !isFound[member.Index]))
        {
            string columns = string.Join(", ", _columns.Members.Select(member => member.Name));
            string shown = Encoding.UTF8.GetString(header[..Math.Min(header.Length, MaxShownBytes)]);
            const string Remedy = "If the file has no header or another separator, set CsvOptions.HasHeader or Separator";
            return DecodeResult.Reject(RejectReasons.WrongHeader, $"the header must name these columns: {columns}; it is '{shown}'. {Remedy}", 0);
        }

        _columnOf = columnOf;
        return DecodeResult.Ok;
    }

    // With one column, an empty line is a record with an empty field.
    public override bool IsBlank(ReadOnlySpan<byte> line) => line.IsEmpty && _columnOf.Length != 1;

    protected override DecodeResult Read(in SourceRecord record)
    {
        ReadOnlySpan<byte> bytes = record.Value;
        DecodeResult result = Split(bytes);
        if (!result.IsOk)
        {
            return result;
        }

        if (_fields.Count != _columnOf.Length)
        {
            string counts = string.Create(CultureInfo.InvariantCulture, $"expected {_columnOf.Length} fields, found {_fields.Count}");
            return DecodeResult.Reject(RejectReasons.WrongFieldCount, counts, 0);
        }

        WriteJson(bytes);
        if (_rows.TryRead(_json.WrittenSpan, out T row, out JsonProblem json))
        {
            Add(row);
            return DecodeResult.Ok;
        }

        int column = _columns.Find(json.Member);
        int at = column == NoColumn ? -1 : Array.IndexOf(_columnOf, column);
        return DecodeResult.Reject(json.Reason, $"{json.Member} {json.Detail}", at < 0 ? 0 : _fields[at].Start);
    }

    private DecodeResult Split(ReadOnlySpan<byte> record) =>
        Utf8.IsValid(record) ? _fields.Split(record) : DecodeResult.Reject(RejectReasons.InvalidUtf8, "the record is not UTF-8", 0);

    private void WriteJson(ReadOnlySpan<byte> record)
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        _writer.WriteStartObject();
        for (int i = 0; i < _columnOf.Length; i++)
        {
            CsvField field = _fields[i];
            int column = _columnOf[i];
            if (column != NoColumn && (field.Length > 0 || field.IsQuoted || _columns.EmptyIsText[column]))
            {
                _writer.WritePropertyName(_columns.Names[column]);
                WriteValue(_columns.Kinds[column], ContentOf(record, field));
            }
        }

        _writer.WriteEndObject();
        _writer.Flush();
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

    // A text that is not a JSON number is written as a string, so that the error shows it.
    private static bool IsJsonNumber(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> digits = text.StartsWith("-"u8) ? text[1..] : text;
        bool startsWell = digits.Length > 0
            && char.IsAsciiDigit((char)digits[0])
            && (digits[0] != '0' || digits.Length == 1 || !char.IsAsciiDigit((char)digits[1]));
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
