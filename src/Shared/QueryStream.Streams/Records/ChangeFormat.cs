using System.Text.Json;

namespace QueryStream.Streams.Records;

/// <summary>
/// Changes as objects with an operation and a row: <c>{"op":"+U","row":{…}}</c>. The members may have any order; others are skipped.
/// </summary>
internal sealed class ChangeFormat<T> : JsonFormat<Change<T>>
{
    private const string Operation = "op";
    private const string Row = "row";
    private static readonly JsonFormat<T> Rows = JsonFormat<T>.Instance;

    public override bool TryRead(ref Utf8JsonReader reader, JsonInput input, out Change<T> value)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return input.Refuse(ref reader, "an object");
        }

        ChangeKind? kind = null;
        T? row = default;
        bool hasRow = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = input.NameOf(ref reader);
            bool isOperation = name.SequenceEqual("op"u8);
            bool isRow = name.SequenceEqual("row"u8);
            reader.Read();
            if (isOperation)
            {
                if (!TryReadKind(ref reader, input, out ChangeKind read))
                {
                    return input.InMember(Operation);
                }

                kind = read;
            }
            else if (isRow)
            {
                if (!Rows.TryRead(ref reader, input, out row))
                {
                    return input.InMember(Row);
                }

                // A change without a row has no meaning, even if the type allows null.
                hasRow = row is not null;
            }
            else
            {
                reader.Skip();
            }
        }

        value = new Change<T>(kind.GetValueOrDefault(), row!);
        return kind is null ? input.Missing(ref reader, Operation) : hasRow || input.Missing(ref reader, Row);
    }

    public override void Write(Utf8JsonWriter writer, in Change<T> value)
    {
        writer.WriteStartObject();
        writer.WriteString(Operation, Change.SymbolOf(value.Kind));
        writer.WritePropertyName(Row);
        Rows.Write(writer, value.Row);
        writer.WriteEndObject();
    }

    private static bool TryReadKind(ref Utf8JsonReader reader, JsonInput input, out ChangeKind kind)
    {
        kind = default;
        return input.TryString(ref reader, out ReadOnlySpan<byte> symbol)
            && (Change.TryParse(symbol, out kind) || input.Refuse(ref reader, "+I, -U, +U or -D"));
    }
}
