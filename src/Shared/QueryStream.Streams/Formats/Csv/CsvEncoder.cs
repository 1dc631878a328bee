using System.Buffers;
using System.Text;
using System.Text.Json;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Formats;

/// <summary>Encodes rows as CSV records, with the JSON format of each member. Null is an empty field.</summary>
internal sealed class CsvEncoder<T>(CsvColumns columns, byte separator) : RecordEncoder<T>
{
    private readonly SearchValues<byte> _special = SearchValues.Create(separator, (byte)'"', (byte)'\r', (byte)'\n');
    private readonly ArrayBufferWriter<byte> _json = new();
    private readonly JsonRowWriter<T> _rows = new();
    private byte[] _text = new byte[256];

    public override void EncodeHeader(IBufferWriter<byte> output)
    {
        for (int i = 0; i < columns.Members.Count; i++)
        {
            WriteSeparator(i, output);
            WriteText(Encoding.UTF8.GetBytes(columns.Members[i].Name), output);
        }
    }

    public override void Encode(in T row, IBufferWriter<byte> output)
    {
        _json.ResetWrittenCount();
        _rows.Write(_json, row);
        Utf8JsonReader json = new(_json.WrittenSpan);
        json.Read();
        for (int i = 0; json.Read() && json.TokenType == JsonTokenType.PropertyName; i++)
        {
            WriteSeparator(i, output);
            json.Read();
            WriteValue(ref json, output);
        }
    }

    public override void Dispose()
    {
        _rows.Dispose();
        base.Dispose();
    }

    private void WriteSeparator(int field, IBufferWriter<byte> output)
    {
        if (field > 0)
        {
            output.Write([separator]);
        }
    }

    private void WriteValue(ref Utf8JsonReader json, IBufferWriter<byte> output)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.String:
                if (_text.Length < json.ValueSpan.Length)
                {
                    _text = new byte[json.ValueSpan.Length * 2];
                }

                WriteText(_text.AsSpan(0, json.CopyString(_text)), output);
                break;
            default:
                WriteText(json.ValueSpan, output);
                break;
        }
    }

    private void WriteText(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (!text.IsEmpty && text.IndexOfAny(_special) < 0)
        {
            output.Write(text);
            return;
        }

        output.Write("\""u8);
        while (text.IndexOf((byte)'"') is >= 0 and int quote)
        {
            output.Write(text[..(quote + 1)]);
            output.Write("\""u8);
            text = text[(quote + 1)..];
        }

        output.Write(text);
        output.Write("\""u8);
    }
}
